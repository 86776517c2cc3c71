import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { type: 'major'; flavor: 'last-resort' }) => void;

/**
 * Gives back the memory that only the start needed: 35 MB in a gateway, most of it the young generation, which grew
 * while the modules were loaded. V8 does the same by itself once a process has been idle for 8 s, which one that gets
 * work at once never is. Stops the process for 0.2 s, so call it before it takes work.
 */
export function releaseStartMemory(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as Collect;
  setFlagsFromString('--no-expose-gc');
  collect({ type: 'major', flavor: 'last-resort' });
}
