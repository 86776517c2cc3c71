import type { Provider } from '@nestjs/common';
import { UserStore } from '@slipstream/access';
import { DocumentStore, PartStore } from '@slipstream/documents';
import { FileBucket } from '@slipstream/mongo';
import type { Stores } from '@slipstream/runtime';
import type { Logger } from '@slipstream/telemetry';
import { Backlog } from '../backlog.js';
import { followedDocument } from '../followed-jobs.js';
import { JobEvents, type FollowedJobs } from '../job-events.js';
import { DocumentLoader, type LoaderSettings } from '../loader/document-loader.js';
import { DocumentAccess } from './document-access.js';
import { DocumentEnd } from './document-end.js';
import { DocumentSearchPort } from './document-search.port.js';
import { DocumentUploads } from './document-uploads.js';
import { DocumentWaker } from './document-waker.js';
import type { UploadLimits } from './upload-limits.js';

/** Dependencies of the document routes. */
export interface DocumentPorts {
  stores: Stores;
  documentSearch: DocumentSearchPort;
  uploadLimits: UploadLimits;
  /** Largest number of open documents. */
  maxOpenDocuments: number;
  loader: LoaderSettings;
  logger: Logger;
}

export function documentProviders(ports: DocumentPorts): Provider[] {
  const { stores, documentSearch, uploadLimits, maxOpenDocuments, loader, logger } = ports;
  const { database, queue, log, cache, invalidator } = stores;
  const documents = database.get(DocumentStore);
  const waker = new DocumentWaker(queue, logger);
  const uploads = new DocumentUploads(
    {
      documents,
      files: database.get(FileBucket),
      users: database.get(UserStore),
      backlog: new Backlog(documents, { max: maxOpenDocuments, what: 'documents', setting: 'documents.maxOpen' }),
      invalidator,
      log,
      waker,
    },
    uploadLimits,
  );
  return [
    { provide: DocumentUploads, useValue: uploads },
    { provide: DocumentEnd, useValue: new DocumentEnd(documents, invalidator, log, waker, logger) },
    { provide: DocumentAccess, useValue: new DocumentAccess(cache, documents) },
    { provide: DocumentSearchPort, useValue: documentSearch },
    { provide: DocumentLoader, useValue: documentLoader(stores, uploads, loader) },
  ];
}

function documentLoader({ database, log }: Stores, uploads: DocumentUploads, settings: LoaderSettings): DocumentLoader {
  const documents = database.get(DocumentStore);
  const followed: FollowedJobs = {
    async find(id) {
      const record = await documents.findLoaded(id);
      return record && followedDocument(record);
    },
  };
  const events = new JobEvents(followed, log);
  return new DocumentLoader({ uploads, documents, parts: database.get(PartStore), events }, settings);
}
