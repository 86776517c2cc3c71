// The main job end to end, through the Service of the gateway. Prints a line per check; exit code 1 if one failed.
import assert from 'node:assert/strict';
import { authorization, call, events, eventsToEnd, expectStatus, newChat, post, textOf, urlOf } from './api.mjs';

const check = async (name, run) => {
  try {
    await run();
    console.log(`ok    ${name}`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`FAIL  ${name}: ${error.message}`);
  }
};
const chatId = await newChat();

await check('a message is answered token by token, and stored', async () => {
  const { eventsUrl, jobId } = await post(chatId, 'Name three primes, please.');
  const seen = await eventsToEnd(eventsUrl);
  assert.equal(seen.at(-1).event, 'message-completed');
  assert.equal(textOf(seen), seen.at(-1).data.message.content);
  assert.equal((await expectStatus(200, 'GET', `/slipstream/v1/jobs/${jobId}`)).state, 'succeeded');
  const { items } = await expectStatus(200, 'GET', `/slipstream/v1/chats/${chatId}/messages`);
  assert.deepEqual(
    items.map(({ role }) => role),
    ['user', 'assistant'],
  );
});
await check('Last-Event-ID goes on after any event', async () => {
  const { eventsUrl } = await post(chatId, 'one two three four five');
  const seen = await eventsToEnd(eventsUrl);
  const rest = [];
  for await (const event of events(eventsUrl, seen[1].id)) rest.push(event);
  assert.deepEqual(rest, seen.slice(2));
});
await check('ten equal calls make one job', async () => {
  const key = { 'idempotency-key': `rehearsal-${Date.now()}` };
  const made = await Promise.all(Array.from({ length: 10 }, () => post(chatId, 'once', undefined, key)));
  assert.equal(new Set(made.map(({ jobId }) => jobId)).size, 1);
  await eventsToEnd(made[0].eventsUrl);
});
await check('a running job is cancelled', async () => {
  const { eventsUrl, jobId } = await post(chatId, 'a long story', 'demo-slow');
  let isCancelled = false;
  const seen = await eventsToEnd(eventsUrl, ({ event }) => {
    if (event !== 'message-delta' || isCancelled) return;
    isCancelled = true;
    void call('DELETE', `/slipstream/v1/jobs/${jobId}`);
  });
  assert.equal(seen.at(-1).event, 'cancelled');
});
await check('/v1 streams to [DONE]', async () => {
  const { data } = await expectStatus(200, 'GET', '/v1/models');
  const response = await fetch(urlOf('/v1/chat/completions'), {
    method: 'POST',
    headers: { ...authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ model: data[0].id, stream: true, messages: [{ role: 'user', content: 'hi' }] }),
  });
  assert.match(await response.text(), /data: \[DONE\]\s*$/);
});
await check('a caller without a key is refused', async () => {
  const response = await fetch(urlOf('/slipstream/v1/users/nobody'));
  assert.equal(response.status, 401);
});
