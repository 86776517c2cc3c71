import type { DatabaseUpkeep } from '@slipstream/mongo';

type PlannedIndex = Awaited<ReturnType<DatabaseUpkeep['indexes']>>[number];

/** The part of a database that the command uses. */
export type Indexed = Pick<DatabaseUpkeep, 'indexes' | 'build'>;

/**
 * Prints the plan; with `isConfirmed`, builds what is missing, one index at a time.
 * @returns exit code: 1 if an index exists with other options than declared
 */
export async function runIndexes(
  database: Indexed,
  isConfirmed: boolean,
  print: (line: string) => void,
): Promise<number> {
  const planned = await database.indexes();
  const missing = planned.filter(({ state }) => state === 'missing');
  const different = planned.filter(({ state }) => state === 'different');
  for (const index of [...missing, ...different]) print(planLine(index));
  print(summary(planned.length, missing.length, different.length));
  if (isConfirmed)
    for (const [at, index] of missing.entries()) await build(database, index, `${at + 1}/${missing.length}`, print);
  else if (missing.length > 0) print('Nothing was changed. Build them one at a time with --yes.');
  return different.length > 0 ? 1 : 0;
}

async function build(
  database: Indexed,
  index: PlannedIndex,
  place: string,
  print: (line: string) => void,
): Promise<void> {
  const startedAt = performance.now();
  print(`${place} ${nameOf(index)}: building`);
  await database.build(index, ({ elapsedMs, share }) =>
    print(
      `${place} ${nameOf(index)}: ${seconds(elapsedMs)}${share === undefined ? '' : `, ${Math.floor(100 * share)} %`}`,
    ),
  );
  print(`${place} ${nameOf(index)}: built in ${seconds(performance.now() - startedAt)}`);
}

const planLine = (index: PlannedIndex): string =>
  index.state === 'missing'
    ? `build   ${nameOf(index)} over ${index.documents.toLocaleString('en')} documents`
    : `differs ${nameOf(index)}: exists with other options; drop it, then run this again`;

const nameOf = ({ collection, key, options }: PlannedIndex): string => {
  const kinds = [
    options.unique && 'unique',
    options.expireAfterSeconds !== undefined && 'TTL',
    options.partialFilterExpression && 'partial',
  ].filter(Boolean);
  const fields = JSON.stringify(key).replaceAll('"', '').replaceAll(':', ': ').replaceAll(',', ', ');
  return `${collection} ${fields}${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''}`;
};

const summary = (declared: number, missing: number, different: number): string =>
  missing + different === 0
    ? `All ${declared} declared indexes exist.`
    : `${declared} indexes are declared: ${missing} missing, ${different} with other options.`;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
