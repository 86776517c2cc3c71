import { availableParallelism, totalmem } from 'node:os';
import type { Config } from './load-config.js';

const MIB = 1024 * 1024;

/** Parts of a process's memory. The rest is for code, sockets, and buffers on their way. */
const RATIO = { heap: 0.45, responses: 1 / 4, objects: 1 / 16, bodies: 1 / 16 } as const;
/** The code and the modules of a service take about half of this. */
const MIN_HEAP_BYTES = 128 * MIB;
const MAX_BODIES_BYTES = 64 * MIB;

/** Part of a machine's memory that is used where nothing limits it, and the most of it for one process. */
const MACHINE_RATIO = 1 / 4;
const MAX_UNLIMITED_BYTES = 2048 * MIB;

/** What one process may use of the memory that the service has. */
export interface MemoryShares {
  /** V8's old generation: all JavaScript objects, and with them the object cache. */
  readonly heapBytes: number;
  /** Stored responses. */
  readonly responseCacheBytes: number;
  /** Values of the object cache. */
  readonly objectCacheBytes: number;
  /** Bodies on their way into the response cache. */
  readonly bodyBufferBytes: number;
}

/** What the operating system says. */
export interface MachineMemory {
  /** Limit of the container (cgroup `memory.max`). Absent: there is none. */
  readonly limitBytes?: number;
  readonly totalBytes: number;
}

/** Divides `memory.maxBytes`, or what the machine has, among the processes, and each process's part among its users. */
export function memoryShares(
  { memory, processes }: Pick<Config, 'memory' | 'processes'>,
  machine: MachineMemory = machineMemory(),
): MemoryShares {
  const count = processes === 'auto' ? availableParallelism() : processes;
  const limit = memory.maxBytes ?? machine.limitBytes;
  const bytes =
    limit === undefined ? Math.min((machine.totalBytes * MACHINE_RATIO) / count, MAX_UNLIMITED_BYTES) : limit / count;
  return {
    heapBytes: Math.max(MIN_HEAP_BYTES, Math.floor(bytes * RATIO.heap)),
    responseCacheBytes: Math.floor(bytes * RATIO.responses),
    objectCacheBytes: Math.floor(bytes * RATIO.objects),
    bodyBufferBytes: Math.min(MAX_BODIES_BYTES, Math.floor(bytes * RATIO.bodies)),
  };
}

/** Without a limit, Node returns 0 or more than there is. */
function machineMemory(): MachineMemory {
  const totalBytes = totalmem();
  const limitBytes = process.constrainedMemory();
  return limitBytes > 0 && limitBytes < totalBytes ? { limitBytes, totalBytes } : { totalBytes };
}
