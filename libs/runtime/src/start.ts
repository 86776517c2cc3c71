import type { ServiceName } from '@slipstream/config';
import { boundHeap } from './processes/bound-heap.js';
import { keepAllocationsYoung } from './processes/keep-allocations-young.js';
import { keepTickShape } from './processes/keep-tick-shape.js';
import { nodeRefusal } from './processes/node-version.js';
import type { ServiceParts } from './service.js';
import type { StoreKind } from './stores/store-kinds.js';

/**
 * Runs one service as a process, or as several with `processes` set. Its parts are loaded only in a process that serves
 * it.
 */
export async function start<K extends StoreKind>(
  name: ServiceName,
  load: () => Promise<ServiceParts<K>>,
): Promise<void> {
  const refusal = nodeRefusal(process.versions.node);
  if (refusal) {
    console.error(refusal);
    process.exit(1);
  }
  await boundHeap(name);
  keepAllocationsYoung();
  keepTickShape();
  const { serve } = await import('./serve.js');
  return serve(name, load);
}
