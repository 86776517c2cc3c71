import type { Config } from './load-config.js';
import { memoryShares } from './memory-shares.js';
import type { ServiceName } from './service-defaults.js';

const MIB = 1024 * 1024;

/**
 * MiB of each half of V8's young generation. In one too small for the gateway's load, the old generation has to be
 * collected every few seconds (docs/decisions/2026-11-21-small-young-generation.md).
 */
const SEMI_SPACE_MIB: Partial<Record<ServiceName, number>> = { standalone: 16, gateway: 16 };
const WORKER_SEMI_SPACE_MIB = 4;

/**
 * Options of Node that bound V8's heap by `memory.maxBytes`. The young generation keeps one size: V8 halves it after a
 * collection of an idle process, and under load it grows again only when many objects outlive it, which ours do not.
 */
export function heapOptions(config: Pick<Config, 'memory' | 'processes' | 'service'>): string[] {
  const semiSpaceMib = SEMI_SPACE_MIB[config.service] ?? WORKER_SEMI_SPACE_MIB;
  return [
    `--max-old-space-size=${Math.floor(memoryShares(config).heapBytes / MIB)}`,
    `--max-semi-space-size=${semiSpaceMib}`,
    `--min-semi-space-size=${semiSpaceMib}`,
  ];
}

/** Dashes and underscores are the same to V8. */
const BOUND = /--max[-_](?:old[-_]space|heap)[-_]size(?:[-_]percentage)?[= ]/;

/** Whether the heap of a process that was started with these options has a bound already. */
export const isHeapBounded = (
  execArgv: readonly string[] = process.execArgv,
  { NODE_OPTIONS = '' }: NodeJS.ProcessEnv = process.env,
): boolean => [...execArgv, NODE_OPTIONS].some((options) => BOUND.test(options));
