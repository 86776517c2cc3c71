import { describe, expect, it } from 'vitest';
import { heapOptions, isHeapBounded } from './heap-options.js';

const MIB = 1024 * 1024;

describe('heapOptions', () => {
  it.each([
    ['gateway', 512, 1, ['--max-old-space-size=230', '--max-semi-space-size=16', '--min-semi-space-size=16']],
    ['standalone', 1024, 1, ['--max-old-space-size=460', '--max-semi-space-size=16', '--min-semi-space-size=16']],
    ['gateway', 1024, 4, ['--max-old-space-size=128', '--max-semi-space-size=16', '--min-semi-space-size=16']],
    ['chat-worker', 512, 1, ['--max-old-space-size=230', '--max-semi-space-size=4', '--min-semi-space-size=4']],
  ] as const)('of a %s with %i MiB in %i processes', (service, mib, processes, expected) => {
    expect(heapOptions({ service, processes, memory: { maxBytes: mib * MIB } })).toEqual(expected);
  });
});

it.each([
  [['--max-old-space-size=100'], {}, true],
  [['--enable-source-maps', '--max_old_space_size=100'], {}, true],
  [['--max-heap-size=100'], {}, true],
  [['--max-old-space-size-percentage=50'], {}, true],
  [[], { NODE_OPTIONS: '--enable-source-maps --max-old-space-size=100' }, true],
  [['--max-semi-space-size=4'], { NODE_OPTIONS: '--enable-source-maps' }, false],
  [[], {}, false],
])('finds a bound in %j and %j: %s', (execArgv, env, isBounded) => {
  expect(isHeapBounded(execArgv, env)).toBe(isBounded);
});
