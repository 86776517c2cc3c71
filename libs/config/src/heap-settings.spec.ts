import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ConfigError } from './config-error.js';
import { heapSettings } from './heap-settings.js';
import { loadConfig, type LoadOptions } from './load-config.js';

const MIB = 1024 * 1024;

async function optionsFor(yaml: string | undefined, env: NodeJS.ProcessEnv = {}): Promise<LoadOptions> {
  const cwd = await mkdtemp(join(tmpdir(), 'heap-settings-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
  if (yaml !== undefined) await writeFile(join(cwd, 'slipstream.yaml'), yaml);
  return { service: 'gateway', env, cwd };
}

it.each([
  ['no file', undefined, {}],
  ['an empty file', '', {}],
  ['a file without these settings', 'log: { level: warn }', {}],
  ['a file with memory', `memory: { maxBytes: ${512 * MIB} }`, {}],
  ['a file with processes', 'processes: 3', {}],
  ['a file that refers to a variable', 'memory:\n  maxBytes: ${LIMIT}', { LIMIT: String(512 * MIB) }],
  ['a variable', undefined, { PROCESSES: '3' }],
  ['a variable that wins over a file', 'processes: 2', { PROCESSES: '3' }],
])('returns from %s what the whole configuration contains', async (_, yaml, env) => {
  const options = await optionsFor(yaml, env);
  const { memory, processes, service } = await loadConfig(options);
  expect(await heapSettings(options)).toMatchObject({ memory, processes, service });
});

it.each([
  ['a mistake in one of these settings', 'processes: 100', {}],
  ['a file that does not exist', undefined, { SLIPSTREAM_CONFIG: 'nowhere.yaml' }],
])('rejects %s', async (_, yaml, env) => {
  await expect(heapSettings(await optionsFor(yaml, env))).rejects.toThrow(ConfigError);
});
