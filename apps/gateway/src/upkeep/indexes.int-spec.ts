import { randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { MongoClient } from 'mongodb';

const program = fileURLToPath(new URL('../../dist/upkeep/indexes.js', import.meta.url));
const uri = new URL(inject('mongodbUri'));
uri.pathname = `/db_indexes_${randomUUID().slice(0, 8)}`;
const client = new MongoClient(uri.href);

vi.setConfig({ testTimeout: 120_000 }); // each run loads the gateway

beforeAll(async () => {
  await client.db().collection('chats').insertOne({ userId: 'u' });
  await client.db().collection('jobs').insertOne({ state: 'queued' });
});
afterAll(async () => {
  await client.db().dropDatabase();
  await client.close();
});

/** Runs the program as an operator does. */
const run = (...args: string[]) => runAt(uri.href, ...args);

const runAt = (address: string, ...args: string[]): Promise<{ code: number; lines: string[] }> =>
  new Promise((resolve) => {
    const env = { PATH: process.env.PATH, MONGODB_URI: address };
    execFile(process.execPath, [program, ...args], { env }, (error, stdout, stderr) =>
      resolve({
        code: typeof error?.code === 'number' ? error.code : 0,
        lines: `${stdout}${stderr}`.trim().split('\n'),
      }),
    );
  });

const namesOf = async (collection: string): Promise<unknown[]> =>
  (await client.db().collection(collection).indexes()).map(({ name }) => name);

it('shows the plan, builds one at a time with --yes, and then finds nothing missing', async () => {
  const plan = await run();
  expect(plan.code).toBe(0);
  expect(plan.lines).toContain('build   chats {userId: 1, createdAt: -1, _id: -1} over 1 documents');
  expect(plan.lines).toContain('build   jobs {chatId: 1, ordinal: 1} (unique) over 1 documents');
  expect(plan.lines.at(-1)).toBe('Nothing was changed. Build them one at a time with --yes.');
  expect(await namesOf('chats')).toEqual(['_id_']);
  const built = await run('--yes');
  expect(built.code).toBe(0);
  const steps = built.lines.filter((line) => /: (building|built)/.test(line)).map((line) => line.split(' ')[0]);
  expect(steps).toEqual(
    Array.from({ length: steps.length / 2 }, (_, n) => `${n + 1}/${steps.length / 2}`).flatMap((n) => [n, n]),
  );
  expect(await namesOf('jobs')).toContain('state_1_wakeAt_1');
  const [line] = (await run()).lines;
  expect(line).toMatch(/^All \d+ declared indexes exist\.$/);
});

it('says why it can do nothing', async () => {
  expect(await run('--now')).toMatchObject({ code: 1, lines: [expect.stringContaining("Unknown option '--now'")] });
});

it('says what to do if the database does not answer', async () => {
  const { code, lines } = await runAt('mongodb://127.0.0.1:1/slipstream');
  expect(code).toBe(1);
  expect(lines).toEqual([
    expect.stringMatching(/^MongoDB does not answer \(.*ECONNREFUSED.*\)\. Name its address by /),
  ]);
});
