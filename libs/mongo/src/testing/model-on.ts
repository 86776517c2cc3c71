import type { ModelDefinition } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import type { DatabasePool } from '../database-pool.js';

/** The model of a definition on a pool's connection, as Nest registers it, for stores that a spec makes by itself. */
export const modelOn = <T>({ connection }: DatabasePool, { name, schema }: ModelDefinition): Model<T> =>
  connection.model<T>(name, schema);
