import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { chatModel } from './chat.schema.js';
import { ChatStore } from './chat.store.js';
import { jobModel } from './jobs/job.schema.js';
import { JobStore } from './jobs/job.store.js';
import { removalModel, RemovalStore } from './removals/removal.store.js';

const STORES = [ChatStore, JobStore, RemovalStore];

/** The stores of chats, jobs and removals. The importing application provides the connection. */
@Module({
  imports: [MongooseModule.forFeature([chatModel, jobModel, removalModel])],
  providers: STORES,
  exports: STORES,
})
export class ChatsModule {}
