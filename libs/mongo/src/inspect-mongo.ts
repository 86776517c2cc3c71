import mongoose, { type mongo } from 'mongoose';

/** Facts about a MongoDB server. */
export interface MongoFacts {
  version: string;
  /** Connections that it accepts. Undefined: not reported. */
  maxConnections?: number;
  /** Whether it is a member of a replica set, or a router of a sharded cluster. */
  isReplicated: boolean;
  timeMs: number;
}

const TIMEOUT_MS = 5_000;
/** Servers that are not a mongod report placeholders; a mongod accepts hundreds of connections or more. */
const PLAUSIBLE_CONNECTIONS = 64;

/** Connects once, reads `hello`, `buildInfo` and `serverStatus`, and disconnects. */
export async function inspectMongo(uri: string): Promise<MongoFacts> {
  const client = new mongoose.mongo.MongoClient(uri, {
    serverSelectionTimeoutMS: TIMEOUT_MS,
    appName: 'slipstream doctor',
  });
  try {
    const admin = client.db().admin();
    const hello = await admin.command({ hello: 1 });
    const { version } = await admin.command({ buildInfo: 1 });
    const status = await admin.command({ serverStatus: 1 }).catch(() => undefined); // needs a role
    return {
      version: String(version),
      maxConnections: limitIn(status),
      isReplicated: hello.setName !== undefined || hello.msg === 'isdbgrid',
      timeMs: hello.localTime instanceof Date ? hello.localTime.getTime() : Date.now(),
    };
  } finally {
    await client.close();
  }
}

function limitIn(status: mongo.BSON.Document | undefined): number | undefined {
  const { current, available } = (status?.connections ?? {}) as { current?: number; available?: number };
  const limit = (current ?? 0) + (available ?? 0);
  return limit < PLAUSIBLE_CONNECTIONS ? undefined : limit;
}
