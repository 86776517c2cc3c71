import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Optimizers } from '../testing/optimizers.js';

let optimizers: Optimizers;
beforeEach(() => void (optimizers = new Optimizers()));
afterEach(() => optimizers.close());

const SCRIPT = Buffer.from('const a = {\n  b: 1, // comment\n};\n'.repeat(50_000));
const TRANSFORMER = fileURLToPath(new URL('../../dist/transformer/transformer.js', import.meta.url));
const MINIFIED = { effort: 'quick', transformation: { type: 'script' } } as const;

interface Seen {
  pid: number;
  parent: number;
  group: number;
  /** Time of the processor. */
  seconds: number;
  command: string;
}

function processes(): Seen[] {
  const all = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,pgid=,cputimes=,args=']).toString().trim().split('\n');
  return all.map((line) => {
    const [pid, parent, group, seconds, ...args] = line.trim().split(/\s+/);
    return {
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      seconds: Number(seconds),
      command: args.join(' '),
    };
  });
}

/** Transforming processes of this process. */
const transformers = (): number[] =>
  processes().flatMap(({ pid, parent, command }) =>
    parent === process.pid && command.includes(TRANSFORMER) ? [pid] : [],
  );

/**
 * Ends the transforming process of a running task, once esbuild works. Another thread has its handle.
 * @returns its group
 */
const end = (signal: NodeJS.Signals): Promise<number> =>
  vi.waitFor(
    () => {
      const [pid] = transformers();
      expect(processes().some(({ parent, seconds }) => parent === pid && seconds > 0)).toBe(true);
      execFileSync('kill', ['-s', signal.slice('SIG'.length), String(pid)]);
      return pid!;
    },
    { timeout: 20_000, interval: 1 },
  );

describe.each(['SIGSEGV', 'SIGKILL'] as const)('a transforming process that ends by %s', (signal) => {
  it('costs its asset the transformation, which is not tried again', async () => {
    const optimizer = optimizers.start();
    const running = optimizer.recode({ bytes: SCRIPT }, MINIFIED);
    const group = await end(signal);
    const made = (await running)!;
    await vi.waitFor(() => expect(processes().filter((each) => each.group === group)).toEqual([]), { timeout: 20_000 });
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
