import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { DatabasePool } from '@slipstream/mongo';
import { HostedAssetFiles, hostedAssetModel, HostedAssetStore } from './hosting/hosted-asset.store.js';
import { backendOverlayModel } from './backends/backend-overlay.schema.js';
import { BackendOverlayStore } from './backends/backend-overlay.store.js';
import { indexTrialModel, IndexTrialStore } from './queries/index-trial.store.js';
import { queryHintModel, QueryHintStore } from './queries/query-hint.store.js';
import { idempotentAnswerModel, IdempotentAnswerStore } from './http/idempotent-answer.store.js';

const FILES = {
  provide: HostedAssetFiles,
  useFactory: (pool: DatabasePool) => new HostedAssetFiles(pool),
  inject: [DatabasePool],
};
const STORES = [HostedAssetStore, BackendOverlayStore, IdempotentAnswerStore, IndexTrialStore, QueryHintStore];

/** The stores that only the gateway has. */
@Module({
  imports: [
    MongooseModule.forFeature([
      backendOverlayModel,
      idempotentAnswerModel,
      indexTrialModel,
      queryHintModel,
      hostedAssetModel,
    ]),
  ],
  providers: [...STORES, FILES],
  exports: [...STORES, FILES],
})
export class GatewayStoresModule {}
