import type { Config } from '@slipstream/config';
import { RemoteDocumentSearch, SearchSecretStore } from '@slipstream/documents';
import type { Stores } from '@slipstream/runtime';
import { documentSearchUrl } from '../../gateway.options.js';
import type { DocumentSearchPort } from './document-search.port.js';

/** Search by the document-worker that the configuration names. */
export const remoteSearch = (config: Config, { database }: Pick<Stores, 'database'>): DocumentSearchPort =>
  new RemoteDocumentSearch(documentSearchUrl(config), database.get(SearchSecretStore));
