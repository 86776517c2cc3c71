import { hash } from 'node:crypto';
import { nameOf, type Transformation } from '../transformer/messages.js';
import type { AssetFiles } from './asset-files.js';
import { decoded, encoded } from './codings.js';
import { contentTypeOf } from './content-type.js';
import { delta } from './deltas.js';
import type { CombineTask, DeltaTask, Made, RecodeTask, Task, WorkerSettings } from './messages.js';
import type { TransformerProcess } from './transformer-process.js';

/** Parts of the hash of a dictionary in the name of a delta: few dictionaries exist at a time. */
const SHORT_DIGEST = 16;
/** To be raised when a transformation makes other bytes than before. */
const TRANSFORMATIONS = 3;
/** Stands for a transformation that failed or gains nothing: it is not tried again. */
const NO_GAIN = new Uint8Array();

export const contentName = (digest: string): string => `${digest}.content`;
export const dictionaryName = (digest: string): string => `${digest}.dictionary`;

interface Transformed {
  readonly content: Uint8Array;
  readonly isTransformed: boolean;
  readonly failure?: string;
}

/** The tasks of a worker. All results are kept by the hash of their content. */
export class Tasks {
  /** The dictionary that was used last: a release has many assets and one dictionary. */
  private last?: { readonly digest: string; readonly bytes: Buffer };

  constructor(
    private readonly files: AssetFiles,
    private readonly transformer: Pick<TransformerProcess, 'run'>,
    private readonly settings: Pick<WorkerSettings, 'maxContentBytes'>,
  ) {}

  /** @throws Error if the asset can't be made */
  async run(task: Task): Promise<Made> {
    switch (task.type) {
      case 'recode':
        return this.recode(task);
      case 'combine':
        return this.combine(task);
      case 'delta':
        return this.delta(task);
    }
  }

  private async recode({ bytes, from, to, effort, transformation, isKept = false }: RecodeTask): Promise<Made> {
    const original = decoded(bytes, from, this.settings.maxContentBytes);
    const { content, ...outcome } = await this.transformed(original, transformation);
    const digest = hash('sha256', content);
    if (isKept) this.files.write(contentName(digest), content);
    const contentType = outcome.isTransformed ? contentTypeOf(content) : undefined;
    const coding = contentType === undefined ? to : undefined; // such formats are compressed themselves
    const made = coding ? this.once(`${digest}.${effort}.${coding}`, () => encoded(content, coding, effort)) : content;
    return { ...madeOf(made, digest, content.length), ...outcome, coding, contentType };
  }

  /** The original content if the transformation fails, or makes nothing smaller. */
  private async transformed(original: Uint8Array, transformation: Transformation | undefined): Promise<Transformed> {
    const unchanged = { content: original, isTransformed: false };
    if (!transformation) return unchanged;
    const name = `${hash('sha256', original)}.${nameOf(transformation)}-${TRANSFORMATIONS}`;
    const known = this.files.read(name);
    if (known) return known.length === 0 ? unchanged : { content: known, isTransformed: true };
    try {
      const made = await this.transformer.run(original, transformation);
      const content = made && made.length < original.length ? made : NO_GAIN;
      this.files.write(name, content);
      return content === NO_GAIN ? unchanged : { content, isTransformed: true };
    } catch (error) {
      this.files.write(name, NO_GAIN);
      return { ...unchanged, failure: String(error) };
    }
  }

  /** A content that was removed meanwhile is left out. */
  private combine({ contents }: CombineTask): Made {
    const dictionary = Buffer.concat(contents.flatMap((digest) => this.files.read(contentName(digest)) ?? []));
    if (dictionary.length === 0) throw new Error('none of the contents of the dictionary is there any more');
    const digest = hash('sha256', dictionary);
    this.files.write(dictionaryName(digest), dictionary);
    this.dictionary(digest); // one that can't be kept is not worth its download
    const made = this.once(`${digest}.quick.br`, () => encoded(dictionary, 'br', 'quick'));
    return madeOf(made, digest, dictionary.length);
  }

  private delta({ bytes, from, dictionary: digest, to }: DeltaTask): Made {
    const content = decoded(bytes, from, this.settings.maxContentBytes);
    const contentDigest = hash('sha256', content);
    const dictionary = this.dictionary(digest);
    const name = `${contentDigest}.${digest.slice(0, SHORT_DIGEST)}.${to}`;
    const made = this.once(name, () => delta(content, to, dictionary, digest));
    return madeOf(made, contentDigest, content.length);
  }

  private dictionary(digest: string): Buffer {
    if (this.last?.digest === digest) return this.last.bytes;
    const bytes = this.files.read(dictionaryName(digest));
    if (!bytes) throw new Error('the dictionary is not there any more');
    this.last = { digest, bytes };
    return bytes;
  }

  private once(name: string, make: () => Buffer): Buffer {
    const known = this.files.read(name);
    if (known) return known;
    const made = make();
    this.files.write(name, made);
    return made;
  }
}

const madeOf = (bytes: Uint8Array, digest: string, contentBytes: number): Made => ({
  bytes: new Uint8Array(bytes),
  digest,
  contentBytes,
  isTransformed: false,
});
