import { startService } from '../harness/service.mjs';

/** Queries that come by the clock: sweepers, the count of open jobs (once a second), the check for cancellations. */
const BY_THE_CLOCK = /wakeAt|dueAt|setAt|cancelRequestedAt":"\?"\}\}|^\{"pipeline":\[\{"\$match":\{"state"/;

/**
 * Round trips to the database of each call of the native API, counted by the monitor of a gateway.
 * @param {Record<string, string>} stores
 * @param {AsyncDisposableStack} stack ends the gateway
 * @returns {Promise<{call: string, roundTrips: number}[]>}
 */
export async function countRoundTrips(stores, stack) {
  const gateway = await startService('gateway', { ...stores, CACHE_PREFIX: `bench-${process.pid}:` });
  stack.defer(() => gateway.stop());
  const count = () => roundTrips(gateway.managementUrl);
  const rows = [];
  for (const [call, send] of callsOf((...request) => sendTo(gateway.url, ...request))) {
    const before = await count();
    await send();
    rows.push({ call, roundTrips: (await count()) - before });
  }
  return rows;
}

async function roundTrips(managementUrl) {
  const { items } = await (await fetch(`${managementUrl}/admin/queries`)).json();
  return items.filter(({ query }) => !BY_THE_CLOCK.test(query)).reduce((sum, { count }) => sum + count, 0);
}

async function sendTo(url, method, path, body, headers = {}) {
  const response = await fetch(`${url}/slipstream/v1${path}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? undefined : response.json();
}

/** Each call in the order in which they build on each other. */
function callsOf(send) {
  const made = {};
  const post = (headers) =>
    send('POST', `/chats/${made.chat.id}/messages`, { content: 'hi', model: 'demo-echo' }, headers);
  return [
    ['POST /users', async () => (made.user = await send('POST', '/users', { name: 'Ada' }))],
    ['GET /users/{id}, cached', () => send('GET', `/users/${made.user.id}`)],
    ['PATCH /users/{id}', () => send('PATCH', `/users/${made.user.id}`, { name: 'A' })],
    ['GET /users', () => send('GET', '/users')],
    ['POST /chats', async () => (made.chat = await send('POST', '/chats', { userId: made.user.id, title: 't' }))],
    ['GET /chats', () => send('GET', `/chats?userId=${made.user.id}`)],
    ['PATCH /chats/{id}', () => send('PATCH', `/chats/${made.chat.id}`, { title: 'u' })],
    ['POST /chats/{id}/messages, the first of a gateway', () => post()],
    ['POST /chats/{id}/messages, a later one', async () => (made.posted = await post())],
    ['POST /chats/{id}/messages with Idempotency-Key', () => post({ 'idempotency-key': 'k' })],
    ['the same, repeated', () => post({ 'idempotency-key': 'k' })],
    ['GET /chats/{id}/messages', () => send('GET', `/chats/${made.chat.id}/messages`)],
    ['GET /jobs/{id}', () => send('GET', `/jobs/${made.posted.jobId}`)],
    ['DELETE /jobs/{id}', () => send('DELETE', `/jobs/${made.posted.jobId}`)],
    ['GET /users/{id}/notifications', () => send('GET', `/users/${made.user.id}/notifications`)],
  ];
}
