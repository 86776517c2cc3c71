import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { type: 'major' }) => void;

/**
 * Collects the heap, so that V8 gives back within seconds what only the start needed: 35 MB in a gateway. Without it,
 * V8 starts no collection of its own before there is work. Stops the process for 0.1 s, so call it before it takes
 * work.
 *
 * Not V8's `last-resort`, which gives the memory back at once: it also drops what the hottest functions of Node were
 * compiled by, and each `process.nextTick` costs 500 ns instead of 75 from then on, a tenth of a proxied request.
 */
export function releaseStartMemory(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as Collect;
  setFlagsFromString('--no-expose-gc');
  collect({ type: 'major' });
}
