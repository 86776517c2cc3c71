import { expect, it } from 'vitest';
import { runMigration, type Migrated } from './run-migration.js';

/** A collection with 3 old documents, of which one can't be migrated. */
function database(stuck: number): Migrated {
  let documents = 3;
  return {
    outdated: async () => [
      { collection: 'notes', version: 2, documents },
      { collection: 'done', version: 4, documents: 0 },
    ],
    migrate: async (_, onBatch) => {
      onBatch(3 - stuck);
      documents = stuck;
      return 3 - stuck;
    },
  };
}

async function ran(sut: Migrated, isConfirmed: boolean) {
  const lines: string[] = [];
  const code = await runMigration(sut, isConfirmed, (line) => lines.push(line));
  return { code, lines };
}

const PLAN = 'notes: 3 documents are older than version 2';

it('shows how much is to be done, and does it only when confirmed', async () => {
  const sut = database(0);
  const plan = await ran(sut, false);
  expect(plan.lines).toEqual([PLAN, expect.stringContaining('--yes')]);
  expect(await ran(sut, true)).toEqual({ code: 0, lines: [PLAN, 'notes: 3 of 3'] });
  expect(await ran(sut, true)).toEqual({ code: 0, lines: ['All documents are of the current versions.'] });
});

it('fails if documents are left', async () => {
  expect(await ran(database(1), true)).toEqual({
    code: 1,
    lines: [PLAN, 'notes: 2 of 3', '1 documents changed meanwhile: run this again.'],
  });
});
