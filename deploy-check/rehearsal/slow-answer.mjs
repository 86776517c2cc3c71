// One slow answer: a line "delta" once it has begun, a line of JSON about its end.
import { eventsToEnd, expectStatus, newChat, post, textOf } from './api.mjs';

const chatId = await newChat();
const { eventsUrl, jobId } = await post(chatId, 'slowly', 'demo-slow');
let deltas = 0;
const seen = await eventsToEnd(eventsUrl, ({ event }) => {
  if (event === 'message-delta' && (deltas += 1) === 5) console.log('delta');
});
const job = await expectStatus(200, 'GET', `/slipstream/v1/jobs/${jobId}`);
const { items } = await expectStatus(200, 'GET', `/slipstream/v1/chats/${chatId}/messages`);
const last = seen.at(-1);
console.log(
  JSON.stringify({
    state: job.state,
    attempts: job.attempts,
    finalEvents: seen.filter(({ event }) => ['message-completed', 'failed', 'cancelled'].includes(event)).length,
    resets: seen.filter(({ event }) => event === 'message-reset').length,
    answers: items.filter(({ role }) => role === 'assistant').length,
    isWhole: textOf(seen) === last.data.message?.content,
  }),
);
