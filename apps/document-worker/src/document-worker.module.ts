import { Module, type DynamicModule } from '@nestjs/common';
import { DocumentSearch } from '@slipstream/documents';
import { DocumentTurns } from './document-turns.js';
import { HANDLERS } from './handlers.js';
import { SearchController } from './search.controller.js';

/** The handlers of document_queue. */
@Module({})
export class DocumentWorkerModule {
  static with(turns: DocumentTurns): DynamicModule {
    return {
      module: DocumentWorkerModule,
      controllers: [...HANDLERS.values()],
      providers: [{ provide: DocumentTurns, useValue: turns }],
    };
  }
}

/** The routes of the document-worker on its management listener. */
@Module({})
export class SearchModule {
  static with(search: DocumentSearch): DynamicModule {
    return {
      module: SearchModule,
      controllers: [SearchController],
      providers: [{ provide: DocumentSearch, useValue: search }],
    };
  }
}
