import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { DatabasePool, FileBucket } from '@slipstream/mongo';
import { documentModel } from './store/document.schema.js';
import { DocumentStore } from './store/document.store.js';
import { EmbeddingStore, embeddingModel } from './store/embedding.store.js';
import { IngestionStore } from './store/ingestion.store.js';
import { partModel } from './store/part.schema.js';
import { PartStore } from './store/part.store.js';
import { secretModel, SearchSecretStore } from './store/search-secret.store.js';

const STORES = [DocumentStore, EmbeddingStore, IngestionStore, PartStore, SearchSecretStore];
const FILES = {
  provide: FileBucket,
  useFactory: (pool: DatabasePool) => new FileBucket(pool, 'document_files'),
  inject: [DatabasePool],
};

/** The stores of documents and their files; they need the connection of the application that imports them. */
@Module({
  imports: [MongooseModule.forFeature([documentModel, embeddingModel, partModel, secretModel])],
  providers: [...STORES, FILES],
  exports: [...STORES, FILES],
})
export class DocumentsModule {}
