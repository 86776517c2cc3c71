import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { heapOptionsOf, settingsOf } from './settings.mjs';

let cwd: string;
beforeEach(async () => void (cwd = await mkdtemp(join(tmpdir(), 'settings-'))));
afterEach(() => rm(cwd, { recursive: true }));

it('are what slipstream.yaml says', async () => {
  await writeFile(join(cwd, 'slipstream.yaml'), 'mongodb: { uri: "mongodb://db/chats" }');
  expect(await settingsOf({ env: {}, cwd })).toEqual({ mongodb: { uri: 'mongodb://db/chats' } });
});

it('are what the file says that SLIPSTREAM_CONFIG names', async () => {
  await writeFile(join(cwd, 'other.yaml'), 'mongodb: { uri: "mongodb://db/chats" }');
  expect(await settingsOf({ env: { SLIPSTREAM_CONFIG: 'other.yaml' }, cwd })).toEqual({
    mongodb: { uri: 'mongodb://db/chats' },
  });
});

it.each(['', '# nothing yet'])('are none in %j', async (text) => {
  await writeFile(join(cwd, 'slipstream.yaml'), text);
  expect(await settingsOf({ env: {}, cwd })).toEqual({});
});

it('are none where there is no file', async () => {
  expect(await settingsOf({ env: {}, cwd })).toEqual({});
});

it.each(['mongodb: [', '- a', 'mongodb: { maxPoolSize: many }', 'mongo: { uri: "mongodb://db/chats" }'])(
  'are not there when %j is wrong',
  async (text) => {
    await writeFile(join(cwd, 'slipstream.yaml'), text);
    expect(await settingsOf({ env: {}, cwd })).toBeUndefined();
  },
);

it('are not there when the environment is wrong', async () => {
  expect(await settingsOf({ env: { PORT: 'eighty' }, cwd })).toBeUndefined();
});

it('bound the heap by memory.maxBytes, unless they are wrong', async () => {
  await writeFile(join(cwd, 'slipstream.yaml'), 'memory: { maxBytes: 1073741824 }');
  expect(await heapOptionsOf({ env: {}, cwd })).toEqual([
    '--max-old-space-size=460',
    '--max-semi-space-size=16',
    '--min-semi-space-size=16',
  ]);
  expect(await heapOptionsOf({ env: { PORT: 'eighty' }, cwd })).toEqual([]);
});
