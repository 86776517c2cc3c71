import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerOf } from '@slipstream/chats/testing';
import { ModelPool } from '@slipstream/llm';
import { logger, textOf, workerBench } from './testing/worker-bench.js';

const bench = workerBench();
let stream = '';
const server = createServer(({ method }, response) => {
  if (method === 'GET')
    return void response.end(JSON.stringify({ object: 'list', data: [{ id: 'm', owned_by: 'tests' }] }));
  response.writeHead(200, { 'content-type': 'text/event-stream' }).end(stream);
});
let models: ModelPool;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  models = new ModelPool({
    backends: [{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` }],
    logger,
  });
});
afterAll(async () => {
  await models.close();
  server.close();
});

const chunk = (delta: object, finishReason: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finishReason }] })}\n\n`;
const said = (content: string): string => chunk({ content });
const DONE = 'data: [DONE]\n\n';

/** What becomes of one question to a model that sends this, at the job's last attempt. */
async function answered(text: string) {
  stream = text;
  const { ask, work, log } = bench.worker(
    (request) => models.streamChat({ ...request, messages: [{ role: 'user', content: 'hi' }] }),
    { maxAttempts: 1 },
  );
  const { _id: jobId } = await ask('hi');
  await work();
  const [job, events] = [await bench.stored(jobId), await log.read(jobId)];
  return { job, events, final: events.at(-1)!.event, answer: answerOf(job) };
}

describe('an answer that the model ended by', () => {
  it.each<[string, string, { state: string; finishReason?: string; content: string }]>([
    ['stop', said('all') + chunk({}, 'stop') + DONE, { state: 'complete', finishReason: 'stop', content: 'all' }],
    [
      'length',
      said('half') + chunk({}, 'length') + DONE,
      { state: 'incomplete', finishReason: 'length', content: 'half' },
    ],
    [
      'content_filter',
      said('half') + chunk({}, 'content_filter') + DONE,
      { state: 'incomplete', finishReason: 'content_filter', content: 'half' },
    ],
    [
      'tool_calls',
      chunk({ tool_calls: [] }, 'tool_calls') + DONE,
      { state: 'incomplete', finishReason: 'tool_calls', content: '' },
    ],
    [
      'a refusal',
      chunk({ refusal: "I can't help " }) + chunk({ refusal: 'with that.' }, 'stop') + DONE,
      { state: 'incomplete', finishReason: 'refusal', content: "I can't help with that." },
    ],
    ['[DONE] behind a text', said('half') + DONE, { state: 'incomplete', content: 'half' }],
  ])('%s is stored so, and its final event has the deltas joined', async (_, text, expected) => {
    const { job, events, final, answer } = await answered(text);
    expect(job.state).toBe('succeeded');
    expect(answer).toMatchObject(expected);
    expect(answer?.finishReason).toBe(expected.finishReason);
    expect(final).toMatchObject({ type: 'message-completed', message: expected });
    expect(textOf(events)).toBe(expected.content);
  });

  it.each<[string, string, string | undefined, string]>([
    ['abort', said('half') + chunk({}, 'abort') + DONE, 'abort', 'half'],
    ['error', said('half') + chunk({}, 'error') + DONE, 'error', 'half'],
    ['an error frame', `${said('half')}data: {"error":{"message":"oom"}}\n\n${DONE}`, undefined, 'half'],
    ['an error event', `${said('half')}event: error\ndata: {"message":"oom"}\n\n${DONE}`, undefined, 'half'],
    ['[DONE] alone', DONE, undefined, ''],
    ['the end of the stream alone', said('half'), undefined, 'half'],
  ])('%s has failed, and keeps what there is', async (_, text, finishReason, content) => {
    const { job, events, final, answer } = await answered(text);
    expect(job).toMatchObject({ state: 'failed', error: { code: 'model_failed' } });
    expect(answer).toMatchObject({ state: 'incomplete', content });
    expect(answer?.finishReason).toBe(finishReason);
    expect(final).toMatchObject({ type: 'failed', code: 'model_failed' });
    expect(textOf(events)).toBe(content);
  });
});
