import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { load, closeAll, hangingUrl, logger, newPool, newServer } from './testing/model-pools.js';
import {
  beginStream,
  doneEvent,
  errorOf,
  finishEvent,
  streamOf,
  textEvent,
  type Script,
} from './testing/scripted-model-server.js';

beforeEach(() => void vi.clearAllMocks());
afterEach(closeAll);

describe('streamChat', () => {
  it('yields the text, and tells the server what it was told', async () => {
    const server = await newServer();
    const pool = newPool([], { backends: [{ url: `${server.url}/`, apiKey: 'sk-1' }] });
    const said: string[] = [];
    const messages = [{ role: 'user' as const, content: 'hi' }];
    for await (const delta of pool.streamChat({
      messages,
      signal: new AbortController().signal,
      traceparent: '00-a-b-01',
      requestId: 'r1',
    }))
      said.push(delta);
    expect(said).toEqual(['Hello', ' world']);
    expect(server.calls[0]).toMatchObject({
      url: '/v1/chat/completions',
      headers: { authorization: 'Bearer sk-1', traceparent: '00-a-b-01', 'x-request-id': 'r1' },
    });
    expect(JSON.parse(server.calls[0]!.body)).toEqual({ model: 'm', messages, stream: true });
  });

  it('uses connections again after a whole answer', async () => {
    const server = await newServer();
    const pool = newPool([server]);
    for (let i = 0; i < 8; i++) await load(pool);
    expect(server.connections).toBeLessThan(4); // one may still be ending as the next answer begins
    await vi.waitFor(() => expect(pool.backends()[0]?.own.requests).toBe(0));
  });

  it('reads events wherever they are cut, characters included', async () => {
    const bytes = Buffer.from(`: ping\n\n${textEvent('Grüße 🎈')}${textEvent('')}${finishEvent}${doneEvent}`);
    const server = await newServer((response) => {
      beginStream(response);
      void (async () => {
        for (const byte of bytes)
          await new Promise<void>((resolve) => response.write(Buffer.of(byte), () => resolve()));
        response.end();
      })();
    });
    expect(await load(newPool([server]))).toEqual(['Grüße 🎈']);
  });

  it.each<[string, Script, string, boolean]>([
    ['a refusal', errorOf(400, 'context too long'), 'model_rejected', false],
    ['a refusal by 401', errorOf(401, 'bad key'), 'model_rejected', false],
    ['a failure', errorOf(500, 'out of memory'), 'model_failed', true],
    ['too much to do', errorOf(429, 'slow down', { 'retry-after': '7' }), 'model_rate_limited', true],
    ['a connection broken before the headers', (response) => void response.destroy(), 'model_failed', true],
    [
      'an answer broken off',
      (response) => void beginStream(response).write(textEvent('half'), () => response.destroy()),
      'model_failed',
      true,
    ],
    [
      'an answer that ends unfinished',
      (response) => void beginStream(response).end(textEvent('half')),
      'model_failed',
      true,
    ],
    ['an empty answer', (response) => void beginStream(response).end(), 'model_failed', true],
    [
      'events that are no JSON',
      (response) => void beginStream(response).end(`data: <html>\n\n${doneEvent}`),
      'model_failed',
      true,
    ],
    [
      'events of another shape',
      (response) => void beginStream(response).end(`data: {"choices":3}\n\n${doneEvent}`),
      'model_failed',
      true,
    ],
    [
      'bytes that are no events',
      (response) => void beginStream(response).end('\u0000\u0001<html>garbage'),
      'model_failed',
      true,
    ],
    [
      'an error within the stream',
      (response) =>
        void beginStream(response).end(`${textEvent('half')}data: {"error":{"message":"oom"}}\n\n${doneEvent}`),
      'model_failed',
      true,
    ],
    [
      'an endless event',
      (response) => void beginStream(response).end(`data: ${'x'.repeat(2 ** 21)}`),
      'model_failed',
      true,
    ],
    ['silence before the headers', () => {}, 'model_first_token_timeout', true],
    [
      'silence after the headers',
      (response) => void beginStream(response).flushHeaders(),
      'model_first_token_timeout',
      true,
    ],
    [
      'nothing but comments',
      (response) => {
        const timer = setInterval(() => response.write(': ping\n\n'), 20);
        beginStream(response)
          .once('close', () => clearInterval(timer))
          .flushHeaders();
      },
      'model_first_token_timeout',
      true,
    ],
    [
      'silence within the answer',
      (response) => void beginStream(response).write(textEvent('half')),
      'model_stalled',
      true,
    ],
  ])('turns %s into an error', async (_, script, code, isRetryable) => {
    const server = await newServer(script);
    const pool = newPool([server], { firstTokenTimeoutMs: 300, stallTimeoutMs: 300 });
    await pool.models();
    await expect(load(pool)).rejects.toMatchObject({ name: 'ModelError', code, isRetryable });
    await vi.waitFor(() => expect(pool.backends()[0]?.own.requests).toBe(0));
  });

  it('says what the server said, and when to come back', async () => {
    const server = await newServer(errorOf(429, 'slow down', { 'Retry-After': '7' }));
    await expect(load(newPool([server]))).rejects.toMatchObject({
      message: expect.stringContaining('slow down'),
      retryAfterSeconds: 7,
    });
  });

  it('takes finish_reason for the end, without [DONE] too, and loses nothing that breaks after it', async () => {
    const server = await newServer(
      (response) => void beginStream(response).write(textEvent('all') + finishEvent, () => response.destroy()),
    );
    expect(await load(newPool([server]))).toEqual(['all']);
  });

  it('loses no text that comes in one piece with what breaks after it', async () => {
    const server = await newServer(
      (response) => void beginStream(response).end(`${textEvent('all')}${finishEvent}data: <html>\n\n`),
    );
    expect(await load(newPool([server]))).toEqual(['all']);
  });

  it('does not wait for a server that has said its last word and then keeps the connection', async () => {
    const server = await newServer((response) => void beginStream(response).write(textEvent('all') + finishEvent));
    const pool = newPool([server]); // whose stall timeout is longer than a test may take
    expect(await load(pool)).toEqual(['all']);
    await vi.waitFor(() => expect(pool.backends()[0]?.own.requests).toBe(0));
  });

  it.each<[string, Script]>([
    ['in one event', (response) => void beginStream(response).write(textEvent('é'.repeat(51)))],
    ['in many', (response) => void beginStream(response).write(textEvent('é'.repeat(10)).repeat(6))],
  ])('ends an answer that is larger than is kept, %s, at the server too', async (_, script) => {
    const server = await newServer(script);
    const left = server.callerLeft();
    await expect(load(newPool([server], { maxResponseBytes: 100 }))).rejects.toMatchObject({
      code: 'model_answer_too_large',
      isRetryable: false,
    });
    await left;
  });

  it('yields an answer as large as is kept', async () => {
    const server = await newServer(streamOf('é'.repeat(25), 'é'.repeat(25)));
    expect((await load(newPool([server], { maxResponseBytes: 100 }))).join('')).toHaveLength(50);
  });

  it.each([['m'], [undefined]])('is aborted at once while it still asks who has the model (%s)', async (model) => {
    const asked = Promise.withResolvers<void>();
    const pool = newPool([{ url: await hangingUrl(asked.resolve) }]);
    const list = pool.models();
    const order: string[] = [];
    void list.then(() => order.push('list'));
    const abort = new AbortController();
    const outcome = expect(load(pool, { model, signal: abort.signal })).rejects.toThrow('enough');
    await asked.promise;
    abort.abort(new Error('enough'));
    await outcome;
    order.push('aborted');
    await list;
    expect(order).toEqual(['aborted', 'list']);
  });

  it('does not blame the model for a slow reader', async () => {
    const begun = Promise.withResolvers<ServerResponse>();
    const server = await newServer(
      (response) => void beginStream(response).write(textEvent('a'), () => begun.resolve(response)),
    );
    const pool = newPool([server], { firstTokenTimeoutMs: 300, stallTimeoutMs: 300 });
    const deltas = pool.streamChat({ model: 'm', messages: [], signal: new AbortController().signal });
    expect((await deltas.next()).value).toBe('a');
    await delay(700); // the slow reader itself
    (await begun.promise).end(textEvent('b') + finishEvent + doneEvent);
    expect((await deltas.next()).value).toBe('b');
    expect((await deltas.next()).done).toBe(true);
  });

  it.each<[string, Script]>([
    ['before the headers', () => {}],
    ['within the answer', (response) => void beginStream(response).write(textEvent('half'))],
  ])('ends the call at the server when aborted %s', async (_, script) => {
    const server = await newServer(script);
    const pool = newPool([server]);
    const [called, left] = [server.called(), server.callerLeft()];
    const abort = new AbortController();
    const answer = load(pool, { signal: abort.signal });
    const outcome = expect(answer).rejects.toThrow('enough');
    await called;
    abort.abort(new Error('enough'));
    await outcome;
    await left;
    expect(logger.warn).not.toHaveBeenCalled();
  });

  it('ends the call at the server when the reader stops reading', async () => {
    const server = await newServer((response) => void beginStream(response).write(textEvent('half')));
    const left = server.callerLeft();
    for await (const delta of newPool([server]).streamChat({ messages: [], signal: new AbortController().signal })) {
      expect(delta).toBe('half');
      break;
    }
    await left;
  });

  it('asks nobody when aborted beforehand', async () => {
    const server = await newServer();
    await expect(load(newPool([server]), { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
    expect(server.calls).toEqual([]);
  });
});
