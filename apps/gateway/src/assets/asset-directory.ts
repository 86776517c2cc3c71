import type { AssetView } from '@slipstream/contracts';
import type { ProcessGroup } from '@slipstream/runtime';
import { figuresOfAssets, type AssetFigures, type MeasuredAssets } from './asset-figures.js';

const TOPIC = 'assets';

type Optimizer = NonNullable<AssetView['optimizer']>;
type Store = NonNullable<AssetView['store']>;
type Dictionaries = NonNullable<AssetView['dictionaries']>;

/** Source of `GET /admin/assets`: the asset path of all processes of this gateway. */
export class AssetDirectory {
  constructor(
    assets: MeasuredAssets | undefined,
    private readonly group: Pick<ProcessGroup, 'gather' | 'onGather'>,
  ) {
    group.onGather(TOPIC, () => figuresOfAssets(assets));
  }

  async view(): Promise<AssetView> {
    const { answers } = await this.group.gather(TOPIC);
    const all = answers as AssetFigures[];
    return {
      processes: all.length,
      optimizer: joined(all, ({ optimizer }) => optimizer, joinedOptimizers),
      store: joined(all, ({ store }) => store, joinedStores),
      dictionaries: joined(all, ({ dictionaries }) => dictionaries, joinedDictionaries),
    };
  }
}

function joined<Part>(
  all: readonly AssetFigures[],
  partOf: (figures: AssetFigures) => Part | undefined,
  join: (one: Part, other: Part) => Part,
): Part | undefined {
  const parts = all.flatMap((figures) => partOf(figures) ?? []) as Part[];
  return parts.length > 0 ? parts.reduce(join) : undefined;
}

const joinedOptimizers = (one: Optimizer, other: Optimizer): Optimizer => ({
  variants: other.variants.reduce(withVariant, one.variants),
  savedBytes: sums(one.savedBytes, other.savedBytes),
  waiting: sums(one.waiting, other.waiting),
  ends: {
    thread: sums(one.ends.thread, other.ends.thread),
    transformer: sums(one.ends.transformer, other.ends.transformer),
  },
});

function withVariant(all: Optimizer['variants'], added: Optimizer['variants'][number]): Optimizer['variants'] {
  const isSame = ({ kind, coding, outcome }: typeof added): boolean =>
    kind === added.kind && coding === added.coding && outcome === added.outcome;
  const count = all.find(isSame)?.count ?? 0;
  return [...all.filter((each) => !isSame(each)), { ...added, count: count + added.count }];
}

/** The processes share the folder, so its size is no sum. */
const joinedStores = (one: Store, other: Store): Store => ({
  ...one,
  bytes: one.bytes === undefined ? other.bytes : Math.max(one.bytes, other.bytes ?? 0),
  evictions: one.evictions + other.evictions,
  writeErrors: one.writeErrors + other.writeErrors,
  lastError: one.lastError ?? other.lastError,
});

/** Gateways that saw the same files have the same dictionaries. */
const joinedDictionaries = (one: Dictionaries, other: Dictionaries): Dictionaries => ({
  kept: [...new Map([...one.kept, ...other.kept].map((each) => [each.digest, each])).values()],
  made: one.made + other.made,
  downloads: one.downloads + other.downloads,
  answers: sums(one.answers, other.answers),
  savedBytes: one.savedBytes + other.savedBytes,
});

function sums<Counts extends Readonly<Record<string, number>>>(one: Counts, other: Counts): Counts {
  const names = Object.keys({ ...one, ...other });
  return Object.fromEntries(names.map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)])) as Counts;
}
