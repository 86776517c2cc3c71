import mongoose from 'mongoose';
import { connectionLimitIn } from './connection-limit.js';

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
      maxConnections: connectionLimitIn(status),
      isReplicated: hello.setName !== undefined || hello.msg === 'isdbgrid',
      timeMs: hello.localTime instanceof Date ? hello.localTime.getTime() : Date.now(),
    };
  } finally {
    await client.close();
  }
}
