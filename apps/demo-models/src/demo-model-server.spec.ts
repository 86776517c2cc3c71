import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_MODELS } from './demo-models.js';
import { startDemoModelServer, type DemoModelServer } from './demo-model-server.js';

describe('the demo model server', () => {
  let server: DemoModelServer;
  let client: OpenAI;

  beforeAll(async () => {
    server = await startDemoModelServer();
    client = new OpenAI({ baseURL: server.url, apiKey: 'none', maxRetries: 0 });
  });
  afterAll(() => server.close());

  const post = (body: string) => fetch(`${server.url}/chat/completions`, { method: 'POST', body });

  it('has a base URL', () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
  });

  it.each([
    [
      'the last message of the user',
      [
        { role: 'user', content: 'one' },
        { role: 'assistant', content: 'two' },
        { role: 'user', content: 'three\n four ' },
        { role: 'system', content: 'five' },
      ],
      /You said: three\n four $/,
    ],
    [
      'the text among its parts',
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'look:' },
            { type: 'image_url', image_url: { url: 'data:' } },
          ],
        },
      ],
      /You said: look:$/,
    ],
    ['nothing', [{ role: 'system', content: 'x' }], /You said: $/],
  ])('echoes %s, in two pieces or more', async (_, messages, expected) => {
    const stream = await client.chat.completions.create({
      model: 'demo-echo',
      stream: true,
      messages: messages as OpenAI.ChatCompletionMessageParam[],
    });
    const chunks = await Array.fromAsync(stream);
    const deltas = chunks.map(({ choices }) => choices[0]?.delta.content).filter(Boolean);
    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.join('')).toMatch(expected);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
  });

  it.each([
    ['broken JSON', '{', 400, 'invalid_request'],
    ['no messages', '{"model":"demo-echo"}', 400, 'invalid_request'],
    ['a model it has not', '{"model":"gpt","messages":[{"role":"user","content":"x"}]}', 404, 'model_not_found'],
  ])('refuses %s in the shape of OpenAI', async (_, body, status, code) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({
      error: { message: expect.any(String), type: 'invalid_request_error', code },
    });
  });

  it('answers chats only', async () => {
    await expect(client.embeddings.create({ model: 'demo-echo', input: 'x' })).rejects.toMatchObject({
      status: 404,
      code: 'unknown_url',
    });
  });

  it('stops thinking when the client has left', async () => {
    const slow = DEMO_MODELS.find(({ id }) => id === 'demo-slow')!;
    const left = new AbortController();
    const tokens = slow.answer('', left.signal)[Symbol.asyncIterator]();
    expect(await tokens.next()).toEqual({ done: false, value: 'token-1 ' });
    const second = tokens.next();
    left.abort();
    await expect(second).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('breaks answers off when it is closed', async () => {
    const closing = await startDemoModelServer();
    const answer = await fetch(`${closing.url}/chat/completions`, {
      method: 'POST',
      body: '{"model":"demo-slow","stream":true,"messages":[{"role":"user","content":"x"}]}',
    });
    await closing.close();
    await expect(answer.text()).rejects.toThrow();
  });
});
