import type { StoreNeeds } from '@slipstream/runtime';

export type NeededKind = 'queue';

/** The stores of the document-worker. It has no handler yet, so it needs no database. */
export const needs: StoreNeeds<NeededKind> = { kinds: ['queue'] };
