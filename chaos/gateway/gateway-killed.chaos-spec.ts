import { afterEach, beforeEach, expect, it } from 'vitest';
import { compareEventIds, parseEventId } from '@slipstream/contracts';
import { Client, textOf, type StreamEvent } from '@slipstream/e2e/client';
import type { ServiceProcess } from '@slipstream/e2e/process';
import { storesEnv } from '@slipstream/e2e/system';
import { expectAnsweredOnce, untilSucceeded } from '../system/chat-effects.js';
import { RunningServices } from '../system/running-services.js';
import { FailoverClient, type Accepted } from './failover-client.js';

const READERS = 10;
const POSTERS = 10;
const POSTS_OF_EACH = 20;
const POSTS = POSTERS * POSTS_OF_EACH;
/** 100 pieces of text, one every 100 ms. */
const SLOW = 'demo-slow';
const SEEN_WHEN_KILLED = 10;

const services = new RunningServices();
let doomed: ServiceProcess;
let urls: string[];
let left: Client;

beforeEach(async () => {
  const env = storesEnv();
  const [first, second] = await Promise.all([
    services.start('gateway', env),
    services.start('gateway', env),
    services.start('chat-worker', env),
    services.start('chat-worker', env),
  ]);
  doomed = first;
  urls = [first.url, second.url];
  left = new Client(second.url);
});

afterEach(() => services.kill());

/** Half of them begin at each gateway. */
const clients = (count: number) => Array.from({ length: count }, (_, index) => new FailoverClient(urls, index % 2));

/** Posts one after another in a chat of its own. */
async function postMany(client: FailoverClient, onAccepted: () => void): Promise<Accepted[]> {
  const { chatId } = await left.chat();
  const accepted: Accepted[] = [];
  for (let n = 1; n <= POSTS_OF_EACH; n += 1) {
    accepted.push(await client.post(chatId, `question ${n}`, 'demo-echo'));
    onAccepted();
  }
  return accepted;
}

/** Nothing lost, nothing twice, nothing out of order; and as nothing happened to the worker, nothing told again. */
async function expectWholeStream(events: readonly StreamEvent[], { jobId }: Accepted): Promise<void> {
  const ids = events.map(({ id }) => parseEventId(id)!);
  expect(ids.filter((id, index) => index > 0 && compareEventIds(ids[index - 1]!, id) >= 0)).toEqual([]);
  expect(new Set(events.slice(0, -1).map(({ type }) => type))).toEqual(new Set(['message-delta']));
  expect(events.at(-1)).toMatchObject({ type: 'message-completed', data: { message: { content: textOf(events) } } });
  expect((await left.call('GET', `/jobs/${jobId}`)).json).toMatchObject({ state: 'succeeded', attempts: 1 });
}

it(
  'kill -9 of one of two gateways: accepted work ends once, subscribers resume at the other, ' +
    'repeated POSTs have one effect',
  async () => {
    const readers = clients(READERS);
    const posters = clients(POSTERS);
    const slow = await Promise.all(
      readers.map(async (client) => client.post((await left.chat()).chatId, 'tell me', SLOW)),
    );
    const started = Promise.withResolvers<void>();
    let underWay = 0;
    const reading = readers.map((client, index) =>
      client.readToEnd(slow[index]!.eventsUrl, (seen) => {
        if (seen === SEEN_WHEN_KILLED && (underWay += 1) === READERS) started.resolve();
      }),
    );
    await started.promise;

    let count = 0;
    const posting = posters.map((client) =>
      postMany(client, () => void ((count += 1) === POSTS * 0.3 && doomed.child.kill('SIGKILL'))),
    );
    const quick = await Promise.all(posting);
    expect(await doomed.exited).toBe('SIGKILL');

    for (const [index, events] of (await Promise.all(reading)).entries()) await expectWholeStream(events, slow[index]!);
    expect(readers.map(({ broken }) => broken.streams)).toEqual(readers.map((_, index) => (index % 2 === 0 ? 1 : 0)));
    expect(posters.filter(({ broken }) => broken.posts > 0).length).toBeGreaterThan(0);

    const accepted = [...slow, ...quick.flat()];
    const again = new FailoverClient(urls, 1);
    for (const each of accepted)
      expect(await again.post(each.chatId, each.content, each.model, each.idempotencyKey)).toEqual(each);
    await untilSucceeded(
      left,
      accepted.map(({ jobId }) => jobId),
    );
    for (const { chatId, content } of slow) await expectAnsweredOnce(left, chatId, [content]);
    for (const chat of quick)
      await expectAnsweredOnce(
        left,
        chat[0]!.chatId,
        chat.map(({ content }) => content),
      );
  },
);
