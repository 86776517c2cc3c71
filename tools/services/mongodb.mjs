import { discover, givenUrl } from './discovery.mjs';
import { dockerContainer } from './docker.mjs';
import { endLeftovers } from './instance.mjs';
import { downloadedMongod } from './mongodb-download.mjs';
import { mongodbUrl, primaryAnswers, REPLICA_SET } from './mongodb-primary.mjs';
import { mongodOnPath } from './mongod.mjs';
import { secantusFromPypi, secantusOnPath } from './secantus.mjs';

export const mongodbCandidates = [
  givenUrl('MONGODB_URI'),
  mongodOnPath,
  dockerContainer({
    image: 'mongo:8',
    port: 27017,
    dataPath: '/data/db',
    command: ['--replSet', REPLICA_SET, '--wiredTigerCacheSizeGB', '0.25'],
    // The member is known by its address inside the container, where its port never changes.
    ready: (port) => primaryAnswers(port, 'localhost:27017'),
    toUrl: mongodbUrl,
  }),
  downloadedMongod,
  secantusOnPath,
  secantusFromPypi,
];

/**
 * Makes sure of a MongoDB that has transactions and change streams.
 * @param {import('./discovery.mjs').Context} context
 * @returns {Promise<import('./discovery.mjs').Service>}
 * @throws {import('../failure.mjs').Failure}
 */
export async function ensureMongodb(context) {
  await endLeftovers(context.dataDir);
  return discover('MongoDB', mongodbCandidates, context);
}
