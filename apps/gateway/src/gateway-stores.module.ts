import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { backendOverlayModel } from './backends/backend-overlay.schema.js';
import { BackendOverlayStore } from './backends/backend-overlay.store.js';
import { indexTrialModel, IndexTrialStore } from './queries/index-trial.store.js';
import { idempotentAnswerModel, IdempotentAnswerStore } from './http/idempotent-answer.store.js';

const STORES = [BackendOverlayStore, IdempotentAnswerStore, IndexTrialStore];

/** The stores that only the gateway has. */
@Module({
  imports: [MongooseModule.forFeature([backendOverlayModel, idempotentAnswerModel, indexTrialModel])],
  providers: STORES,
  exports: STORES,
})
export class GatewayStoresModule {}
