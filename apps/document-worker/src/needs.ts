import { DocumentsModule } from '@slipstream/documents';
import type { StoreNeeds } from '@slipstream/runtime';

export type NeededKind = 'database' | 'queue' | 'events' | 'cache';

/** The stores that the document-worker names. */
export const needs: StoreNeeds<NeededKind> = {
  kinds: ['database', 'queue', 'events', 'cache'],
  modules: () => [DocumentsModule],
};
