import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { keepAllocationsYoung } from '../processes/keep-allocations-young.js';

/**
 * A process whose first objects of one literal live long, and all later ones die at once. Prints the bytes that those
 * took in the old generation.
 */
if (process.argv[2] === 'young') keepAllocationsYoung();

const ofRequest = (held: object | number): { held: object | number } => ({ held });

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void;
const oldBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space')?.space_used_size ?? NaN;

const burst = Array.from({ length: 200 }, (_, i) => ofRequest({ i }));
collect({ type: 'minor' });
for (let i = 0; i < 200_000; i++) burst[0] = ofRequest(i); // V8 compiles it meanwhile

const before = oldBytes();
for (let i = 0; i < 100_000; i++) burst[0] = ofRequest({ i });
console.log(oldBytes() - before);
