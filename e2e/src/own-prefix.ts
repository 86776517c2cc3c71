import { randomUUID } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storesEnv } from './system.js';

/** Stores with a prefix of their own in Redis, so that no other system on it answers a request to all processes. */
export async function ownPrefixEnv(): Promise<NodeJS.ProcessEnv> {
  const path = join(await mkdtemp(join(tmpdir(), 'slipstream-')), 'slipstream.yaml');
  await writeFile(path, `cache: { prefix: "e2e-${randomUUID()}:" }\n`);
  return { ...storesEnv(), SLIPSTREAM_CONFIG: path };
}
