import { describe, expect, it, vi } from 'vitest';
import { closingEvents } from '@slipstream/chats';
import { SlipstreamError, parseEventId } from '@slipstream/contracts';
import { createEvents, type EventLog } from '@slipstream/events';
import { logger, textOf, typesOf, words, workerBench } from './testing/worker-bench.js';

const bench = workerBench();

describe('a generation that fails', () => {
  it('keeps what was generated when it fails for good, and says why', async () => {
    const { ask, work, log } = bench.worker(async function* () {
      yield 'half an ans';
      throw new SlipstreamError('model_rejected', 'the model said no');
    });
    const job = await ask('hi');
    await work();
    expect(await bench.stored(job._id)).toMatchObject({
      state: 'failed',
      error: { code: 'model_rejected' },
      answer: { content: 'half an ans', state: 'incomplete' },
    });
    expect((await log.read(job._id)).at(-1)?.event).toEqual({
      type: 'failed',
      code: 'model_rejected',
      detail: 'the model said no',
    });
  });

  it("tries again after a passing failure, and a reader's text is not doubled", async () => {
    let attempt = 0;
    const { ask, work, log } = bench.worker(async function* () {
      yield 'some ';
      if (++attempt === 1) throw new SlipstreamError('model_failed', 'try later', { isRetryable: true });
      yield 'text';
    });
    const job = await ask('hi');
    await work();
    expect(await bench.stored(job._id)).toMatchObject({ state: 'queued', attempts: 1 });
    await vi.waitFor(
      async () => {
        await work();
        expect((await bench.stored(job._id)).state).toBe('succeeded');
      },
      { timeout: 5000 },
    );
    const events = await log.read(job._id);
    expect(typesOf(events.filter(({ id }) => id.fence === 2)).slice(0, 2)).toEqual(['message-reset', 'message-delta']);
    expect(textOf(events)).toBe('some text');
  });

  it('leaves a model server alone for as long as it asks', async () => {
    const { ask, work } = bench.worker(async function* () {
      yield 'wait, ';
      throw new SlipstreamError('model_rate_limited', 'slow down', { isRetryable: true, retryAfterSeconds: 60 });
    });
    const job = await ask('hi');
    const begunAtMs = Date.now();
    await work();
    await work();
    const stored = await bench.stored(job._id);
    expect(stored).toMatchObject({ state: 'queued', attempts: 1 });
    // The database's clock may be some ms behind.
    expect(stored.claimableAt.getTime()).toBeGreaterThanOrEqual(begunAtMs + 59_000);
  });

  it('keeps what an attempt has written when those after it come to no word', async () => {
    let attempt = 0;
    const { ask, work, log } = bench.worker(
      async function* () {
        if (++attempt === 1) yield 'half an answer';
        throw new SlipstreamError('model_failed', 'try later', { isRetryable: true });
      },
      { maxAttempts: 2 },
    );
    const job = await ask('hi');
    await work();
    expect(await bench.stored(job._id)).toMatchObject({
      state: 'queued',
      answer: { content: 'half an answer', state: 'incomplete' },
    });
    await vi.waitFor(
      async () => {
        await work();
        expect((await bench.stored(job._id)).state).toBe('failed');
      },
      { timeout: 5000 },
    );
    expect(await bench.stored(job._id)).toMatchObject({
      error: { code: 'model_failed' },
      answer: { content: 'half an answer', state: 'incomplete' },
    });
    expect(textOf(await log.read(job._id))).toBe('half an answer');
  });

  it('does not wait for a retry when it was cancelled as it failed, before anybody heard of it', async () => {
    const { ask, work, log } = bench.worker(async function* () {
      yield 'half an ans';
      await bench.jobs.requestCancel(job._id);
      throw new SlipstreamError('model_failed', 'try later', { isRetryable: true });
    });
    const job = await ask('hi');
    await work();
    expect(await bench.stored(job._id)).toMatchObject({
      state: 'cancelled',
      answer: { content: 'half an ans', state: 'cancelled' },
    });
    expect((await log.read(job._id)).at(-1)?.event).toEqual({ type: 'cancelled' });
  });

  it('is cancelled while it waits for its retry, and a reader who lost everything is told what there is', async () => {
    const { ask, work } = bench.worker(async function* () {
      yield 'half an answer';
      throw new SlipstreamError('model_failed', 'try later', { isRetryable: true });
    });
    const job = await ask('hi');
    await work();
    await bench.jobs.requestCancel(job._id);
    const told = closingEvents(await bench.stored(job._id));
    expect([typesOf(told), textOf(told)]).toEqual([['message-reset', 'message-delta', 'cancelled'], 'half an answer']);
    expect(told.every(({ id }) => id.sequence > 0)).toBe(true);
  });

  it('gives up after the last attempt', async () => {
    const { ask, work } = bench.worker(words('never'), { maxAttempts: 1 });
    const job = await ask('hi');
    await bench.jobs.claim(job.chatId, -1);
    await work();
    expect(await bench.stored(job._id)).toMatchObject({ state: 'failed', error: { code: 'attempts_exhausted' } });
  });

  it.each([
    ['keeps what a worker that died has told', false, 'half an answer'],
    ['ends all the same when the event log is away', true, ''],
  ])('%s', async (_, isAway, content) => {
    const { log: real } = createEvents({ logger });
    const log: EventLog = isAway
      ? Object.create(real, { read: { value: () => Promise.reject(new Error('away')) } })
      : real;
    const { ask, work } = bench.worker(words('never'), { log, maxAttempts: 1 });
    const job = await ask('hi');
    await bench.jobs.claim(job.chatId, -1);
    const { messageId } = job.answer;
    const told = (['a word too many', undefined, 'half ', 'an answer'] as const).map((delta, index) => ({
      id: { fence: 1, sequence: index + 1 },
      event:
        delta === undefined
          ? { type: 'message-reset' as const, messageId, attempt: 1 }
          : { type: 'message-delta' as const, messageId, delta },
    }));
    await real.append(job._id, told);
    await work();
    expect(await bench.stored(job._id)).toMatchObject({
      state: 'failed',
      error: { code: 'attempts_exhausted' },
      answer: { content, state: 'incomplete' },
    });
  });

  it.each([
    ['in mid-answer', ['be', 'FORGET', 'gin', 'ning']],
    ['just before the end', ['begin', 'ning', 'FORGET']],
  ])('tells the text again when the log forgets it %s', async (_, deltas) => {
    const { log } = createEvents({ logger });
    let forget = async () => undefined as void;
    const { ask, work } = bench.worker(
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
      append: {
        value: (...args: Parameters<EventLog['append']>) =>
          isAway ? Promise.reject(new Error('away')) : real.append(...args),
      },
    });
    const { ask, work } = bench.worker(
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
    expect(closingEvents(await bench.stored(job._id)).at(-1)?.id).toEqual(
      parseEventId((await bench.stored(job._id)).finalEventId!),
    );
  });
});
