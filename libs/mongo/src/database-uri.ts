import mongoose from 'mongoose';
import { StartupError } from '@slipstream/contracts';

/**
 * Refuses an address that the driver will never connect to, as against one where nobody answers yet. The driver's own
 * words are kept back: of a password with an `@` in it they quote a part.
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

/** Whether the address names a database: something between the first `/` after the hosts and the `?`. */
export const hasDatabase = (uri: string): boolean => /^mongodb(?:\+srv)?:\/\/[^/]+\/[^?]+/.test(uri);
