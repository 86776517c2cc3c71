import type { DatabaseUpkeep } from '@slipstream/mongo';

/** The part of a database that the command uses. */
export type Migrated = Pick<DatabaseUpkeep, 'outdated' | 'migrate'>;

/**
 * Prints how many documents are of an older version; with `isConfirmed`, migrates them in batches.
 * @returns exit code: 1 if documents are left, because other processes changed them again and again
 */
export async function runMigration(
  database: Migrated,
  isConfirmed: boolean,
  print: (line: string) => void,
): Promise<number> {
  const outdated = (await database.outdated()).filter(({ documents }) => documents > 0);
  for (const { collection, version, documents } of outdated)
    print(`${collection}: ${count(documents)} documents are older than version ${version}`);
  if (outdated.length === 0) print('All documents are of the current versions.');
  else if (!isConfirmed)
    print('Nothing was changed. Migrate them in batches with --yes; it can be stopped and run again.');
  if (!isConfirmed) return 0;
  for (const { collection, documents } of outdated)
    await database.migrate(collection, (migrated) => print(`${collection}: ${count(migrated)} of ${count(documents)}`));
  const left = (await database.outdated()).reduce((sum, each) => sum + each.documents, 0);
  if (left > 0) print(`${count(left)} documents changed meanwhile: run this again.`);
  return left > 0 ? 1 : 0;
}

const count = (documents: number): string => documents.toLocaleString('en');
