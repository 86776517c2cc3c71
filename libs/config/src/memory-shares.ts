import { availableParallelism, totalmem } from 'node:os';
import type { Config } from './load-config.js';
import type { ServiceName } from './service-defaults.js';

const MIB = 1024 * 1024;

/** Shares of a process's memory. The rest is for code, sockets and buffers in transit. */
const RATIO = { heap: 0.45, responses: 1 / 4, objects: 1 / 16, bodies: 1 / 16, requests: 1 / 8 } as const;
/** The document-worker's threads, LanceDB and PDFium take memory outside of its main thread's heap. */
const HEAP_RATIO: Partial<Record<ServiceName, number>> = { 'document-worker': 0.25 };
/** The document-worker within it takes its share too. */
const REQUESTS_RATIO: Partial<Record<ServiceName, number>> = { standalone: 1 / 16 };
/** Code and modules of a service take about half of this. */
const MIN_HEAP_BYTES = 128 * MIB;
const MAX_BODIES_BYTES = 64 * MIB;

/** Share of the machine's memory that is used without a container limit, and the largest part of it for one process. */
const MACHINE_RATIO = 1 / 4;
const MAX_UNLIMITED_BYTES = 2048 * MIB;

/** How the memory of one process is divided. */
export interface MemoryShares {
  /** V8's old generation: all JavaScript objects, and with them the object cache. */
  readonly heapBytes: number;
  /** Stored responses. */
  readonly responseCacheBytes: number;
  /** Values of the object cache. */
  readonly objectCacheBytes: number;
  /** Bodies that are being written to the response cache. */
  readonly bodyBufferBytes: number;
  /** Request bodies that are read as a whole. */
  readonly requestBodyBytes: number;
}

/** Memory of the machine, as the operating system reports it. */
export interface MachineMemory {
  /** Limit of the container (cgroup `memory.max`). Absent: no limit. */
  readonly limitBytes?: number;
  readonly totalBytes: number;
}

/** Memory of one process. `isLimited`: by `memory.maxBytes` or by its container. */
export function processMemory(
  { memory, processes }: Pick<Config, 'memory' | 'processes'>,
  machine: MachineMemory = machineMemory(),
): { bytes: number; isLimited: boolean } {
  const count = processes === 'auto' ? availableParallelism() : processes;
  const limit = memory.maxBytes ?? machine.limitBytes;
  if (limit !== undefined) return { bytes: limit / count, isLimited: true };
  return { bytes: Math.min((machine.totalBytes * MACHINE_RATIO) / count, MAX_UNLIMITED_BYTES), isLimited: false };
}

/** Divides `memory.maxBytes`, or the machine's memory, among the processes, and then within each process. */
export function memoryShares(
  { memory, processes, service }: Pick<Config, 'memory' | 'processes'> & Partial<Pick<Config, 'service'>>,
  machine?: MachineMemory,
): MemoryShares {
  const { bytes } = processMemory({ memory, processes }, machine);
  return {
    heapBytes: Math.max(MIN_HEAP_BYTES, Math.floor(bytes * ((service && HEAP_RATIO[service]) ?? RATIO.heap))),
    responseCacheBytes: Math.floor(bytes * RATIO.responses),
    objectCacheBytes: Math.floor(bytes * RATIO.objects),
    bodyBufferBytes: Math.min(MAX_BODIES_BYTES, Math.floor(bytes * RATIO.bodies)),
    requestBodyBytes: Math.floor(bytes * ((service && REQUESTS_RATIO[service]) ?? RATIO.requests)),
  };
}

/** Without a limit, Node returns 0 or more than the machine's memory. */
function machineMemory(): MachineMemory {
  const totalBytes = totalmem();
  const limitBytes = process.constrainedMemory();
  return limitBytes > 0 && limitBytes < totalBytes ? { limitBytes, totalBytes } : { totalBytes };
}
