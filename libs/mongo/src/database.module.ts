import { Module, type DynamicModule } from '@nestjs/common';
import { getConnectionToken, MongooseModule, type MongooseModuleFactoryOptions } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { connectOptions, type DatabasePoolOptions } from './database-pool.options.js';
import { DatabasePool } from './database-pool.js';
import { refuseMalformed } from './database-uri.js';

/**
 * The connections of a process as a Nest module. Modules of stores register their schemas with
 * `MongooseModule.forFeature`; their stores inject the models and the {@link DatabasePool}.
 */
@Module({})
export class DatabaseModule {
  /** @throws StartupError when the address is malformed */
  static with(options: DatabasePoolOptions): DynamicModule {
    refuseMalformed(options.uri);
    const pool = {
      provide: DatabasePool,
      useFactory: (connection: Connection) => new DatabasePool(options, connection),
      inject: [getConnectionToken()],
    };
    return {
      module: DatabaseModule,
      global: true,
      imports: [MongooseModule.forRootAsync({ useFactory: () => mongooseOptions(options) })],
      providers: [pool],
      exports: [pool],
    };
  }
}

/** Lazy, because the pool waits for the connection, and opens it again for as long as the database is away. */
const mongooseOptions = (options: DatabasePoolOptions): MongooseModuleFactoryOptions => ({
  uri: options.uri,
  ...connectOptions(options),
  lazyConnection: true,
  connectionFactory: (connection: Connection) => {
    connection.asPromise().catch(() => undefined); // the pool reports the failure
    return connection;
  },
});
