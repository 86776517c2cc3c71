import { loadConfig, type Config } from '@slipstream/config';
import { AnswerReader } from '@slipstream/upstream';
import { afterEach, expect, it, vi } from 'vitest';
import { openModels } from './open-models.js';
import { closeAll, logger, newServer } from './testing/model-pools.js';

afterEach(closeAll);

it('counts an error at the end of an answer, which ends that answer only', async () => {
  const server = await newServer((response) => void response.end('{}'));
  const config = await loadConfig({ service: 'gateway', env: { LLM_BACKENDS: server.url } });
  const settings = { follow: <T>(map: (config: Config) => T) => map(config) };
  const uncaughtErrors = { observe: vi.fn() };
  const pool = await openModels(config, { telemetry: { logger, metrics: { uncaughtErrors } }, settings });
  const [model] = await pool.models();
  for (let calls = 0; calls < 2; calls++) {
    const receiver = new AnswerReader();
    receiver.end = () => {
      throw new Error('of the caller');
    };
    pool.forward({ model: model!.id, path: '/chat/completions', headers: [], body: [], isStream: false, receiver });
    await expect(Array.fromAsync(receiver)).rejects.toThrow('of the caller');
  }
  expect(uncaughtErrors.observe.mock.calls).toEqual([['contained'], ['contained']]);
  await pool.close();
});
