import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { SlipstreamError, formatEventId, parseEventId, type LoggedEvent } from '@slipstream/contracts';
import { createEvents, type EventLog } from '@slipstream/events';
import { DatabasePool, JobStore, closingEvents } from '@slipstream/mongo';
import { createTelemetry } from '@slipstream/telemetry';
import { ChatTurns } from './chat-turns.js';
import { Generation } from './generation.js';
import { ModelPlaces } from './model-places.js';

const { logger } = createTelemetry({ processName: 'test', level: 'silent' });
const LEASE_MS = 60_000;

type Model = (request: { messages: readonly { role: string; content: string }[]; signal: AbortSignal }) => AsyncGenerator<string>;

let pool: DatabasePool;
let jobs: JobStore;

beforeAll(async () => {
  const uri = new URL(inject('mongodbUri'));
  uri.pathname = `/generation_${randomUUID().slice(0, 8)}`;
  pool = new DatabasePool({ uri: uri.href, minPoolSize: 1, logger });
  jobs = new JobStore(pool);
  pool.start();
  await vi.waitFor(() => pool.check(), { timeout: 20_000 });
});

afterAll(async () => {
  await pool.connection.dropDatabase();
  await pool.close();
});

/** A worker on real MongoDB, an event log in memory and a model made of one function. */
function sut(model: Model, { log = createEvents({ logger }).log, maxAttempts = 5 }: { log?: EventLog; maxAttempts?: number } = {}) {
  const generation = new Generation(jobs, log, { streamChat: model }, logger, { leaseMs: LEASE_MS, maxAttempts, historyMaxMessages: 100 }, { send: async () => undefined });
  const chatId = randomUUID();
  const turns = new ChatTurns(jobs, generation, { models: async () => [] }, new ModelPlaces(1), LEASE_MS);
  return {
    log,
    generation,
    ask: (content: string, deadline?: Date) => jobs.create({ id: randomUUID() }, { chatId, userId: 'u', questionId: randomUUID(), answerId: randomUUID(), content, deadline }),
    work: () => turns.work(chatId),
  };
}

const words = (...deltas: string[]): Model =>
  async function* () {
    yield* deltas;
  };

const typesOf = (events: { event: LoggedEvent }[]) => events.map(({ event }) => event.type);

/** The text that a reader has after these events. */
const textOf = (events: { event: LoggedEvent }[]) =>
  events.reduce((text, { event }) => (event.type === 'message-delta' ? text + event.delta : event.type === 'message-reset' ? '' : text), '');

async function stored(jobId: string) {
  const job = await jobs.find(jobId);
  if (!job) throw new Error('the job is gone');
  return job;
}

describe('Generation', () => {
  it('streams the deltas, stores the answer, then tells the end', async () => {
    const { ask, work, log } = sut(words('Hel', 'lo', ' you'));
    const job = await ask('hi');
    await work();
    const events = await log.read(job._id);
    expect(textOf(events)).toBe('Hello you');
    expect(events.at(-1)?.event).toMatchObject({ type: 'message-completed', message: { content: 'Hello you', role: 'assistant', state: 'complete' } });
    const ended = await stored(job._id);
    expect(ended).toMatchObject({ state: 'succeeded', answer: { content: 'Hello you', state: 'complete' } });
    expect(ended.finalEventId).toBe(formatEventId(events.at(-1)!.id));
  });

  it('answers the messages of a chat in order, each knowing those before', async () => {
    const asked: string[][] = [];
    const { ask, work } = sut(async function* ({ messages }) {
      asked.push(messages.map(({ content }) => content));
      yield `answer ${asked.length}`;
    });
    await ask('one');
    await ask('two');
    await work();
    expect(asked).toEqual([['one'], ['one', 'answer 1', 'two']]);
  });

  it('keeps what was generated when it fails for good, and says why', async () => {
    const { ask, work, log } = sut(async function* () {
      yield 'half an ans';
      throw new SlipstreamError('model_rejected', 'the model said no');
    });
    const job = await ask('hi');
    await work();
    expect(await stored(job._id)).toMatchObject({ state: 'failed', error: { code: 'model_rejected' }, answer: { content: 'half an ans', state: 'incomplete' } });
    expect((await log.read(job._id)).at(-1)?.event).toEqual({ type: 'failed', code: 'model_rejected', detail: 'the model said no' });
  });

  it('tries again after a passing failure, and a reader\'s text is not doubled', async () => {
    let attempt = 0;
    const { ask, work, log } = sut(async function* () {
      yield 'some ';
      if (++attempt === 1) throw new SlipstreamError('model_failed', 'try later', { isRetryable: true });
      yield 'text';
    });
    const job = await ask('hi');
    await work();
    expect(await stored(job._id)).toMatchObject({ state: 'queued', attempts: 1 });
    await vi.waitFor(async () => {
      await work();
      expect((await stored(job._id)).state).toBe('succeeded');
    }, { timeout: 5000 });
    const events = await log.read(job._id);
    expect(typesOf(events.filter(({ id }) => id.fence === 2)).slice(0, 2)).toEqual(['message-reset', 'message-delta']);
    expect(textOf(events)).toBe('some text');
  });

  it('keeps what an attempt has written when those after it come to no word', async () => {
    let attempt = 0;
    const { ask, work, log } = sut(
      async function* () {
        if (++attempt === 1) yield 'half an answer';
        throw new SlipstreamError('model_failed', 'try later', { isRetryable: true });
      },
      { maxAttempts: 2 },
    );
    const job = await ask('hi');
    await work();
    expect(await stored(job._id)).toMatchObject({ state: 'queued', answer: { content: 'half an answer', state: 'incomplete' } });
    await vi.waitFor(async () => {
      await work();
      expect((await stored(job._id)).state).toBe('failed');
    }, { timeout: 5000 });
    expect(await stored(job._id)).toMatchObject({ error: { code: 'model_failed' }, answer: { content: 'half an answer', state: 'incomplete' } });
    expect(textOf(await log.read(job._id))).toBe('half an answer');
  });

  it('is cancelled while it waits for its retry, and a reader who lost everything is told what there is', async () => {
    const { ask, work } = sut(async function* () {
      yield 'half an answer';
      throw new SlipstreamError('model_failed', 'try later', { isRetryable: true });
    });
    const job = await ask('hi');
    await work();
    await jobs.requestCancel(job._id);
    const told = closingEvents(await stored(job._id));
    expect([typesOf(told), textOf(told)]).toEqual([['message-reset', 'message-delta', 'cancelled'], 'half an answer']);
    expect(told.every(({ id }) => id.sequence > 0)).toBe(true);
  });

  it('hears of a cancellation that nobody told it, long before its lease ends', { timeout: 10_000 }, async () => {
    const begun = Promise.withResolvers<void>();
    const { ask, work } = sut(async function* ({ signal }) {
      yield 'the beginning';
      begun.resolve();
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    });
    const job = await ask('hi');
    const working = work();
    await begun.promise;
    await jobs.requestCancel(job._id);
    await working;
    expect(await stored(job._id)).toMatchObject({ state: 'cancelled' });
  });

  it('gives up after the last attempt', async () => {
    const { ask, work } = sut(words('never'), { maxAttempts: 1 });
    const job = await ask('hi');
    await jobs.claim(job.chatId, -1);
    await work();
    expect(await stored(job._id)).toMatchObject({ state: 'failed', error: { code: 'attempts_exhausted' } });
  });

  it('does not begin what nobody waits for any more', async () => {
    const model = vi.fn(words('too late'));
    const { ask, work, log } = sut(model);
    const late = await ask('hi', new Date(Date.now() - 1));
    const inTime = await ask('hi again', new Date(Date.now() + 60_000));
    await work();
    expect(await stored(late._id)).toMatchObject({ state: 'failed', error: { code: 'deadline_passed' } });
    expect((await log.read(late._id)).at(-1)?.event).toMatchObject({ type: 'failed', code: 'deadline_passed' });
    expect(await stored(inTime._id)).toMatchObject({ state: 'succeeded' });
    expect(model).toHaveBeenCalledOnce();
  });

  it.each([
    ['keeps what a worker that died has told', false, 'half an answer'],
    ['ends all the same when the event log is away', true, ''],
  ])('%s', async (_, isAway, content) => {
    const { log: real } = createEvents({ logger });
    const log: EventLog = isAway ? Object.create(real, { read: { value: () => Promise.reject(new Error('away')) } }) : real;
    const { ask, work } = sut(words('never'), { log, maxAttempts: 1 });
    const job = await ask('hi');
    await jobs.claim(job.chatId, -1);
    const { messageId } = job.answer;
    const told = (['a word too many', undefined, 'half ', 'an answer'] as const).map((delta, index) => ({
      id: { fence: 1, sequence: index + 1 },
      event: delta === undefined ? { type: 'message-reset' as const, messageId, attempt: 1 } : { type: 'message-delta' as const, messageId, delta },
    }));
    await real.append(job._id, told);
    await work();
    expect(await stored(job._id)).toMatchObject({ state: 'failed', error: { code: 'attempts_exhausted' }, answer: { content, state: 'incomplete' } });
  });

  it('stops the model when the job is cancelled, and keeps what there is', async () => {
    const begun = Promise.withResolvers<AbortSignal>();
    const { ask, work, log, generation } = sut(async function* ({ signal }) {
      yield 'the beginning';
      begun.resolve(signal);
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    });
    const job = await ask('hi');
    const working = work();
    await begun.promise;
    generation.cancel(job._id);
    await working;
    expect(await stored(job._id)).toMatchObject({ state: 'cancelled', answer: { content: 'the beginning', state: 'cancelled' } });
    expect((await log.read(job._id)).at(-1)?.event).toEqual({ type: 'cancelled' });
  });

  it('changes nothing once another worker has taken over', async () => {
    const begun = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const { ask, work } = sut(async function* () {
      yield 'slow ';
      begun.resolve();
      await go.promise;
      yield 'worker';
    });
    const job = await ask('hi');
    const slow = work();
    await begun.promise;
    const held = await stored(job._id);
    await jobs.renew(job._id, held.fence, -1);
    const quick = await jobs.claim(job.chatId, LEASE_MS);
    if (quick.outcome !== 'claimed') return expect.fail('not claimed');
    await jobs.finish(job._id, quick.job.fence, { state: 'succeeded', content: 'quick worker', finalEventId: '2-3' });
    go.resolve();
    await slow;
    expect(await stored(job._id)).toMatchObject({ state: 'succeeded', answer: { content: 'quick worker' } });
  });

  it.each([
    ['in mid-answer', ['be', 'FORGET', 'gin', 'ning']],
    ['just before the end', ['begin', 'ning', 'FORGET']],
  ])('tells the text again when the log forgets it %s', async (_, deltas) => {
    const { log } = createEvents({ logger });
    let forget = async () => undefined as void;
    const { ask, work } = sut(
      async function* () {
        for (const delta of deltas) {
          if (delta === 'FORGET') await forget();
          else yield delta;
          await new Promise(setImmediate);
        }
      },
      { log },
    );
    const job = await ask('hi');
    forget = () => log.remove(job._id);
    await work();
    const events = await log.read(job._id);
    expect(textOf(events)).toBe('beginning');
    expect(events.at(-1)?.event.type).toBe('message-completed');
  });

  it('finishes without the event log, and tells the text again when the log is back', async () => {
    const { log: real } = createEvents({ logger });
    let isAway = true;
    const log: EventLog = Object.create(real, {
      append: { value: (...args: Parameters<EventLog['append']>) => (isAway ? Promise.reject(new Error('away')) : real.append(...args)) },
    });
    const { ask, work } = sut(
      async function* () {
        yield 'told to nobody, ';
        await new Promise(setImmediate);
        isAway = false;
        yield 'told to all';
      },
      { log },
    );
    const job = await ask('hi');
    await work();
    const events = await real.read(job._id);
    expect(textOf(events)).toBe('told to nobody, told to all');
    expect(events.at(-1)?.event.type).toBe('message-completed');
    expect(closingEvents(await stored(job._id)).at(-1)?.id).toEqual(parseEventId((await stored(job._id)).finalEventId!));
  });
});
