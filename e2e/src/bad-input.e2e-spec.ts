import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from './client.js';
import { startStandalone, untilReady, type System } from './system.js';

let system: System;
let client: Client;
let chatId: string;

beforeAll(async () => {
  system = await startStandalone();
  await untilReady(system);
  client = new Client(system.gateways[0]!.url);
  ({ chatId } = await client.chat());
});
afterAll(() => system.stop());

const MESSAGES = () => `/chats/${chatId}/messages`;

describe('bad input is answered with a problem and a stable code', () => {
  it.each<[string, string, () => string, unknown, number, string]>([
    ['broken JSON', 'POST', () => '/users', '{broken', 400, 'invalid_json'],
    ['an empty body', 'POST', () => '/users', '', 400, 'invalid_json'],
    ['a body that is no object', 'POST', () => '/users', '[]', 400, 'invalid_request'],
    ['null', 'POST', () => '/users', 'null', 400, 'invalid_request'],
    ['a wrong type', 'POST', () => '/users', { name: 7 }, 400, 'invalid_request'],
    ['a missing field', 'POST', () => '/users', {}, 400, 'invalid_request'],
    ['an operator in place of a text', 'POST', () => '/users', { name: { $gt: '' } }, 400, 'invalid_request'],
    ['a field that there is not', 'POST', () => '/users', { name: 'a', admin: true }, 400, 'invalid_request'],
    ['a prototype', 'POST', () => '/users', '{"name":"a","__proto__":{"admin":true}}', 400, 'invalid_json'],
    ['JSON nested deeper than a reader can go', 'POST', () => '/users', '['.repeat(5_000), 400, 'invalid_json'],
    ['JSON of very many values', 'POST', () => '/users', `[${'[],'.repeat(200_000)}0]`, 400, 'invalid_json'],
    ['a body over the limit', 'POST', () => '/users', { name: 'x'.repeat(3_000_000) }, 413, 'body_too_large'],
    ['an unknown person', 'GET', () => '/users/no-such-user', undefined, 404, 'user_not_found'],
    ['an id that can be none', 'GET', () => '/users/a%20b', undefined, 400, 'invalid_request'],
    ['an id without end', 'GET', () => `/users/${'a'.repeat(500)}`, undefined, 400, 'invalid_request'],
    ['a path without end', 'GET', () => `/users/${'a'.repeat(5000)}`, undefined, 414, 'url_too_long'],
    ['a NUL in an id', 'GET', () => '/users/%00', undefined, 400, 'invalid_request'],
    ['a broken escape', 'GET', () => '/users/%zz', undefined, 400, 'invalid_url'],
    ['a chat for nobody', 'POST', () => '/chats', { userId: 'no-such-user' }, 404, 'user_not_found'],
    ['a negative limit', 'GET', () => '/chats?userId=u&limit=-1', undefined, 400, 'invalid_request'],
    ['a made-up cursor', 'GET', () => '/chats?userId=u&cursor=%00nonsense', undefined, 400, 'invalid_cursor'],
    ["a list of nobody's chats", 'GET', () => '/chats', undefined, 400, 'invalid_request'],
    ['an operator in a query', 'GET', () => '/chats?userId[$ne]=x', undefined, 400, 'invalid_request'],
    ['an unknown chat', 'POST', () => '/chats/no-such-chat/messages', { content: 'hi' }, 404, 'chat_not_found'],
    ['an empty message', 'POST', MESSAGES, { content: '' }, 400, 'invalid_request'],
    ['a deadline that is no time', 'POST', MESSAGES, { content: 'hi', deadline: 'soon' }, 400, 'invalid_request'],
    ['an unknown model', 'POST', MESSAGES, { content: 'hi', model: 'no-such-model' }, 400, 'unknown_model'],
    ['an unknown job', 'GET', () => `/jobs/${randomUUID()}`, undefined, 404, 'job_not_found'],
    ['the events of an unknown job', 'GET', () => `/jobs/${randomUUID()}/events`, undefined, 404, 'job_not_found'],
    ['an unknown route', 'GET', () => '/no-such-thing', undefined, 404, 'route_not_found'],
    ['an unknown route above the API', 'GET', () => '/slipstream/v2', undefined, 404, 'route_not_found'],
  ])('%s', async (_, method, path, body, status, code) => {
    const answer = await client.call(method, path(), body);
    expect([answer.status, answer.headers.get('content-type'), answer.json]).toMatchObject([
      status,
      expect.stringMatching(/^application\/problem\+json/),
      { status, code },
    ]);
    expect(answer.text).not.toMatch(/\bat .+:\d+:\d+|node_modules/);
  });

  it.each([
    ['application/xml', '<name/>'],
    ['application/x-www-form-urlencoded', '{"name":"what curl -d sends"}'],
  ])('another content type: %s', async (type, body) => {
    const answer = await client.call('POST', '/users', body, { 'content-type': type });
    expect(answer).toMatchObject({ status: 415, json: { code: 'unsupported_media_type' } });
  });

  it('a bad Last-Event-ID, and a bad Idempotency-Key', async () => {
    const { jobId } = await client.post(chatId, 'hi');
    expect(await client.call('GET', `/jobs/${jobId}/events`, undefined, { 'last-event-id': 'x' })).toMatchObject({
      status: 400,
      json: { code: 'invalid_last_event_id' },
    });
    expect(await client.call('POST', MESSAGES(), { content: 'hi' }, { 'idempotency-key': 'a b' })).toMatchObject({
      status: 400,
      json: { code: 'invalid_idempotency_key' },
    });
  });

  it('every bad field is named at once', async () => {
    const answer = await client.call<{ errors: { path: string }[] }>('POST', '/users', { name: 7, email: 'nobody' });
    expect(answer.json.errors.map(({ path }) => path)).toEqual(['name', 'email']);
  });
});

describe("bad input on /v1 has OpenAI's shape", () => {
  it.each<[string, unknown, number, string]>([
    ['broken JSON', '{broken', 400, 'invalid_json'],
    ['no model', { messages: [] }, 400, 'model_missing'],
    [
      'an unknown model',
      { model: 'no-such-model', messages: [{ role: 'user', content: 'hi' }] },
      404,
      'model_not_found',
    ],
    [
      'a body over the limit',
      { model: 'demo-echo', messages: [{ role: 'user', content: 'x'.repeat(21 * 1024 * 1024) }] },
      413,
      'body_too_large',
    ],
  ])('%s', async (_, body, status, code) => {
    const answer = await client.call<{ error: { message: string; type: string; code: string } }>(
      'POST',
      '/v1/chat/completions',
      body,
    );
    expect([answer.status, answer.json.error.code]).toEqual([status, code]);
    expect(answer.json.error.type).toBe('invalid_request_error');
  });
});
