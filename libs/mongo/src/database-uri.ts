import mongoose from 'mongoose';
import { StartupError } from '@slipstream/contracts';

/**
 * Rejects an address that the driver can never connect to, as opposed to an unreachable one. The driver's own message
 * is left out, because it quotes parts of a password that contains an `@`.
 * @throws StartupError
 */
export function refuseMalformed(uri: string): void {
  try {
    new mongoose.mongo.MongoClient(uri);
  } catch (error) {
    throw new StartupError(
      'The MongoDB URI (MONGODB_URI, or mongodb.uri in slipstream.yaml) is malformed, or has an option that ' +
        'the driver does not support; write ' +
        'mongodb://[user:password@]host:port/database[?options] (credentials percent-encoded), or mongodb+srv://.',
      { cause: error },
    );
  }
}

/** Whether the address names a database: a text between the first `/` after the hosts and the `?`. */
export const hasDatabase = (uri: string): boolean => /^mongodb(?:\+srv)?:\/\/[^/]+\/[^?]+/.test(uri);
