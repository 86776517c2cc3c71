import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isMongodbInFile } from './configured-mongodb.mjs';

let cwd: string;
beforeEach(async () => void (cwd = await mkdtemp(join(tmpdir(), 'configured-'))));
afterEach(() => rm(cwd, { recursive: true }));

it('finds the MongoDB that slipstream.yaml names', async () => {
  await writeFile(join(cwd, 'slipstream.yaml'), 'mongodb: { uri: "mongodb://db/chats" }');
  expect(await isMongodbInFile({ env: {}, cwd })).toBe(true);
});

it('finds it in the file that SLIPSTREAM_CONFIG names', async () => {
  await writeFile(join(cwd, 'other.yaml'), 'mongodb: { uri: "mongodb://db/chats" }');
  expect(await isMongodbInFile({ env: { SLIPSTREAM_CONFIG: 'other.yaml' }, cwd })).toBe(true);
});

it.each(['', 'mongodb:', 'mongodb: { maxPoolSize: 5 }', 'mongodb: [', '- a'])('finds none in %j', async (text) => {
  await writeFile(join(cwd, 'slipstream.yaml'), text);
  expect(await isMongodbInFile({ env: {}, cwd })).toBe(false);
});

it('finds none where there is no file', async () => {
  expect(await isMongodbInFile({ env: {}, cwd })).toBe(false);
});
