import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const TOOL = new URL('./db-explain.mjs', import.meta.url).pathname;
const plan = (field: string) => ({
  queryPlanner: {
    namespace: 'app.orders',
    parsedQuery: { [field]: { $eq: 1 } },
    winningPlan: { stage: 'COLLSCAN', filter: { [field]: { $eq: 1 } } },
  },
});

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'db-explain-'))));
afterAll(() => rm(folder, { recursive: true }));

/** @returns exit code and output */
const run = (args: string[], input = ''): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [TOOL, ...args], (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
    child.stdin?.end(input);
  });

describe('npm run db:explain', () => {
  it('prints stages and findings of a file', async () => {
    const file = join(folder, 'one.json');
    await writeFile(file, JSON.stringify(plan('a'), null, 2));
    const { code, stdout } = await run([file]);
    expect(code).toBe(0);
    expect(stdout).toContain('COLLSCAN  orders');
    expect(stdout).toContain('collection_scan  orders: scans the whole collection; index { a: 1 } serves it');
  });

  it('reads a list of plans from standard input, one a line, and prints JSON, one a line', async () => {
    const input = ['a', 'b'].map((field) => JSON.stringify(plan(field))).join('\n\n');
    const { stdout } = await run(['-', '--json'], input);
    const reports = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    const reportOn = (field: string) => ({
      stages: [{ stage: 'COLLSCAN', depth: 0, collection: 'orders' }],
      findings: [
        {
          code: 'collection_scan',
          collection: 'orders',
          detail: `scans the whole collection; index { ${field}: 1 } serves it`,
          index: { [field]: 1 },
        },
      ],
    });
    expect(reports).toEqual([reportOn('a'), reportOn('b')]);
  });

  it('reads a JSON array of plans', async () => {
    const { stdout } = await run(['-', '--json'], JSON.stringify([plan('a'), plan('b')]));
    expect(stdout.trim().split('\n')).toHaveLength(2);
  });

  it.each([
    [['-'], '{"ok":1}', 'plan 1: this is no explain result'],
    [['-'], `${JSON.stringify(plan('a'))}\nnonsense`, "line 2 can't be parsed"],
    [['/nowhere/at-all.json'], '', "can't be read"],
    [[], '', 'One file is needed. Usage: npm run db:explain'],
    [['--yaml', '-'], '', 'Usage: npm run db:explain'],
  ])('refuses %j %j in one line', async (args, input, message) => {
    const { code, stderr } = await run(args, input);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });
});
