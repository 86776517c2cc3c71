import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { userModel } from './user.schema.js';
import { UserStore } from './user.store.js';

/** The store of users. The importing application provides the connection. */
@Module({ imports: [MongooseModule.forFeature([userModel])], providers: [UserStore], exports: [UserStore] })
export class AccessModule {}
