import { FileBucket, type DatabasePool } from '@slipstream/mongo';
import { modelOn } from '@slipstream/mongo/testing';
import { documentModel, type DocumentRecord } from '../store/document.schema.js';
import { DocumentStore } from '../store/document.store.js';
import { IngestionStore } from '../store/ingestion.store.js';

/** Documents, their work and their files on the database of a spec. */
export function documentStoresOn(pool: DatabasePool) {
  const records = modelOn<DocumentRecord>(pool, documentModel);
  return {
    documents: new DocumentStore(records, pool),
    ingestions: new IngestionStore(records, pool),
    files: new FileBucket(pool, 'document_files'),
  };
}
