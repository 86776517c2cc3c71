// Load until standard input ends; then a line of JSON: what was sent, what failed, and what became of each job.
import { authorization, call, eventsToEnd, newChat, post, textOf, urlOf } from './api.mjs';

const ending = new AbortController();
process.stdin.on('end', () => ending.abort()).resume();
const counts = { requests: 0, jobs: 0, failures: [] };
const pods = new Set();

async function again(run) {
  while (!ending.signal.aborted) {
    try {
      await run();
      counts.requests += 1;
    } catch (error) {
      counts.failures.push(
        `${new Date().toISOString()} ${error.message} ${error.cause?.code ?? error.cause?.message ?? ''}`,
      );
    }
  }
}

async function page() {
  const response = await fetch(urlOf('/page'), { signal: AbortSignal.timeout(30_000) });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`GET /page: ${response.status} ${text.slice(0, 200)}`);
  pods.add(text);
}

async function modelCall() {
  const response = await fetch(urlOf('/v1/chat/completions'), {
    method: 'POST',
    headers: { ...authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'demo-echo', stream: true, messages: [{ role: 'user', content: 'hi' }] }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (response.status !== 200 || !text.trimEnd().endsWith('[DONE]'))
    throw new Error(`POST /v1/chat/completions: ${response.status} ${text.slice(-200)}`);
}

/** One answer of a chat: it must end once, whole, and be stored so. */
async function job(chatId) {
  const { eventsUrl, jobId } = await post(chatId, 'words that come back', 'demo-echo');
  counts.jobs += 1;
  const seen = await eventsToEnd(eventsUrl);
  const { json } = await call('GET', `/slipstream/v1/jobs/${jobId}`);
  if (json.state !== 'succeeded' || textOf(seen) !== seen.at(-1).data.message?.content)
    throw new Error(`job ${jobId}: ${json.state}, ${seen.at(-1).event}`);
}

const chats = await Promise.all([newChat(), newChat()]);
console.log('started');
await Promise.all([again(page), again(page), again(modelCall), ...chats.map((id) => again(() => job(id)))]);
console.log(JSON.stringify({ ...counts, pods: pods.size }));
