import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { recordOf, signalProcess } from '../../../../tools/processes.mjs';
import { Optimizers } from '../testing/optimizers.js';

let optimizers: Optimizers;
beforeEach(() => void (optimizers = new Optimizers()));
afterEach(() => optimizers.close());

const SCRIPT = Buffer.from('const a = {\n  b: 1, // comment\n};\n'.repeat(50_000));
const TRANSFORMER = fileURLToPath(new URL('../../dist/transformer/transformer.js', import.meta.url));
const MINIFIED = { effort: 'quick', transformation: { type: 'script' } } as const;

/** Processes that a process has started and that still run. */
function childrenOf(process: number): { pid: number; command: string }[] {
  const all = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args=']).toString().trim().split('\n');
  return all.flatMap((line) => {
    const [pid, parent, ...args] = line.trim().split(/\s+/);
    return Number(parent) === process ? [{ pid: Number(pid), command: args.join(' ') }] : [];
  });
}

/** Transforming processes of this process. */
const transformers = (): number[] =>
  childrenOf(process.pid).flatMap(({ pid, command }) => (command.includes(TRANSFORMER) ? [pid] : []));

/** Ends the transforming process of a running task. */
const end = (signal: NodeJS.Signals): Promise<void> =>
  vi.waitFor(
    () => {
      const [pid] = transformers();
      expect(pid).toBeDefined();
      expect(signalProcess(recordOf(pid!, TRANSFORMER)!, signal)).toBe(true);
    },
    { timeout: 20_000, interval: 1 },
  );

describe.each(['SIGSEGV', 'SIGKILL'] as const)('a transforming process that ends by %s', (signal) => {
  it('costs its asset the transformation, which is not tried again', async () => {
    const optimizer = optimizers.start();
    const running = optimizer.recode({ bytes: SCRIPT }, MINIFIED);
    await end(signal);
    const made = (await running)!;
    expect([made.isTransformed, made.bytes.equals(SCRIPT)]).toEqual([false, true]);
    expect(optimizers.logged).toHaveLength(1);
    expect(optimizer.counts.ends).toMatchObject({ transformer: { crashed: 1, timed_out: 0 } });
    const again = (await optimizer.recode({ bytes: SCRIPT }, MINIFIED))!;
    expect([again.isTransformed, transformers(), optimizers.logged.length]).toEqual([false, [], 1]);
  });

  it('costs no other asset', async () => {
    const optimizer = optimizers.start();
    const running = optimizer.recode({ bytes: SCRIPT }, MINIFIED);
    await end(signal);
    await running;
    const other = (await optimizer.recode({ bytes: Buffer.from('a = 1; // comment\n') }, MINIFIED))!;
    expect([other.isTransformed, other.bytes.toString().trim()]).toEqual([true, 'a=1;']);
  });
});

it.each(['script', 'style'] as const)('has no process of its own after a %s, which could outlive it', async (type) => {
  const text = type === 'script' ? 'a = 1; // comment\n' : 'a { color: red; } /* comment */\n';
  const optimizer = optimizers.start();
  const made = (await optimizer.recode({ bytes: Buffer.from(text) }, { effort: 'quick', transformation: { type } }))!;
  expect(made.isTransformed).toBe(true);
  expect(transformers().map((pid) => childrenOf(pid))).toEqual([[]]);
});
