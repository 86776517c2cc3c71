import { setTimeout as delay } from 'node:timers/promises';

/** The name of the one-node replica sets that are started here. */
export const REPLICA_SET = 'slipstream';

const ANSWER_WITHIN_MS = 2_000;
const NOT_YET_INITIALIZED = 94;
const ELECTION_POLLS = 100;
const ELECTION_POLL_MS = 100;

/**
 * Direct, so that a replica set member is taken at the address that is asked for and not at the one that it announces.
 * @param {number} port on loopback
 */
export function mongodbUrl(port) {
  return `mongodb://127.0.0.1:${port}/?directConnection=true`;
}

/**
 * Rejects until a MongoDB on this loopback port answers as a primary.
 * @param {number} port
 * @param {string} [member] host:port of a mongod started with --replSet, which is made the only member of its replica
 *   set; left out for a server that is a primary by itself
 */
export async function primaryAnswers(port, member) {
  // Imported here because this module is loaded before the installation that brings the driver.
  const { MongoClient } = await import('mongodb');
  const client = new MongoClient(mongodbUrl(port), {
    serverSelectionTimeoutMS: ANSWER_WITHIN_MS,
    appName: 'slipstream-tools',
  });
  try {
    const admin = client.db('admin');
    await admin.command({ hello: 1 });
    if (member) await makeOnlyMember(admin, member);
    await becomesPrimary(admin);
  } finally {
    await client.close();
  }
}

/** A replica set remembers its member's address: one started before on another port has to be told the new one. */
async function makeOnlyMember(admin, member) {
  const config = await currentConfig(admin);
  const members = [{ _id: 0, host: member }];
  if (!config) await admin.command({ replSetInitiate: { _id: REPLICA_SET, members } });
  else if (config.members[0].host !== member) {
    await admin.command({ replSetReconfig: { ...config, version: config.version + 1, members }, force: true });
  }
}

async function currentConfig(admin) {
  try {
    return (await admin.command({ replSetGetConfig: 1 })).config;
  } catch (error) {
    if (error.code === NOT_YET_INITIALIZED) return undefined;
    throw error;
  }
}

async function becomesPrimary(admin) {
  for (let poll = 0; poll < ELECTION_POLLS; poll += 1) {
    if ((await admin.command({ hello: 1 })).isWritablePrimary) return;
    await delay(ELECTION_POLL_MS);
  }
  throw new Error('it did not become primary');
}
