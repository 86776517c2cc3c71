import { describe, expect, it, vi } from 'vitest';
import { formatEventId } from '@slipstream/contracts';
import { LEASE_MS, textOf, words, workerBench } from './testing/worker-bench.js';

const bench = workerBench();

describe('Generation', () => {
  it('streams the deltas, stores the answer, then tells the end', async () => {
    const { ask, work, log } = bench.worker(words('Hel', 'lo', ' you'));
    const job = await ask('hi');
    await work();
    const events = await log.read(job._id);
    expect(textOf(events)).toBe('Hello you');
    expect(events.at(-1)?.event).toMatchObject({
      type: 'message-completed',
      message: { content: 'Hello you', role: 'assistant', state: 'complete' },
    });
    const ended = await bench.stored(job._id);
    expect(ended).toMatchObject({ state: 'succeeded', answer: { content: 'Hello you', state: 'complete' } });
    expect(ended.finalEventId).toBe(formatEventId(events.at(-1)!.id));
  });

  it('answers the messages of a chat in order, each knowing those before', async () => {
    const asked: string[][] = [];
    const { ask, work } = bench.worker(async function* ({ messages }) {
      asked.push(messages.map(({ content }) => content));
      yield `answer ${asked.length}`;
    });
    await ask('one');
    await ask('two');
    await work();
    expect(asked).toEqual([['one'], ['one', 'answer 1', 'two']]);
  });

  it('does not begin what nobody waits for any more', async () => {
    const model = vi.fn(words('too late'));
    const { ask, work, log } = bench.worker(model);
    const late = await ask('hi', new Date(Date.now() - 1_000));
    const inTime = await ask('hi again', new Date(Date.now() + 60_000));
    await work();
    expect(await bench.stored(late._id)).toMatchObject({ state: 'failed', error: { code: 'deadline_passed' } });
    expect((await log.read(late._id)).at(-1)?.event).toMatchObject({ type: 'failed', code: 'deadline_passed' });
    expect(await bench.stored(inTime._id)).toMatchObject({ state: 'succeeded' });
    expect(model).toHaveBeenCalledOnce();
  });

  it('stops the model when the job is cancelled, and keeps what there is', async () => {
    const begun = Promise.withResolvers<AbortSignal>();
    const { ask, work, log, generation } = bench.worker(async function* ({ signal }) {
      yield 'the beginning';
      begun.resolve(signal);
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    });
    const job = await ask('hi');
    const working = work();
    await begun.promise;
    generation.cancel(job._id);
    await working;
    expect(await bench.stored(job._id)).toMatchObject({
      state: 'cancelled',
      answer: { content: 'the beginning', state: 'cancelled' },
    });
    expect((await log.read(job._id)).at(-1)?.event).toEqual({ type: 'cancelled' });
  });

  it('follows a cancellation that nobody told it of', async () => {
    const begun = Promise.withResolvers<void>();
    const { ask, work, generation } = bench.worker(async function* ({ signal }) {
      yield 'the beginning';
      begun.resolve();
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    });
    const job = await ask('hi');
    const working = work();
    await begun.promise;
    await bench.jobs.requestCancel(job._id);
    await generation.followCancellations();
    await working;
    expect(await bench.stored(job._id)).toMatchObject({ state: 'cancelled' });
  });

  it('follows a cancellation that nobody told it of when the job went with its chat meanwhile', async () => {
    const begun = Promise.withResolvers<AbortSignal>();
    const { ask, work, generation } = bench.worker(async function* ({ signal }) {
      yield 'the beginning';
      begun.resolve(signal);
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    });
    const job = await ask('hi');
    const working = work();
    const signal = await begun.promise;
    await bench.jobs.requestCancel(job._id);
    await bench.jobs.deleteOf(job.chatId);
    await generation.followCancellations();
    expect(signal.aborted).toBe(true);
    await working;
    expect(await bench.jobs.find(job._id)).toBeNull();
  });

  it('follows the cancellation of a job that it claimed again while its own lost run was ending', async () => {
    const runs = [0, 1].map(() => ({ begun: Promise.withResolvers<void>(), end: Promise.withResolvers<void>() }));
    let calls = 0;
    const { ask, work, generation } = bench.worker(async function* ({ signal }) {
      const { begun, end } = runs[calls++]!;
      signal.addEventListener('abort', () => end.reject(new Error('aborted')));
      yield 'words';
      begun.resolve();
      await end.promise;
    });
    const job = await ask('hi');
    const lost = work();
    await runs[0]!.begun.promise;
    await bench.jobs.renew(job._id, (await bench.stored(job._id)).fence, -1);
    const again = await bench.jobs.claim(job.chatId, LEASE_MS);
    if (again.outcome !== 'claimed') return expect.fail('not claimed');
    const held = generation.run(again.job);
    await runs[1]!.begun.promise;
    runs[0]!.end.resolve();
    await lost;
    await bench.jobs.requestCancel(job._id);
    await generation.followCancellations();
    await held;
    expect(await bench.stored(job._id)).toMatchObject({ state: 'cancelled' });
  });

  it('changes nothing once another worker has taken over', async () => {
    const begun = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const { ask, work } = bench.worker(async function* () {
      yield 'slow ';
      begun.resolve();
      await go.promise;
      yield 'worker';
    });
    const job = await ask('hi');
    const slow = work();
    await begun.promise;
    const held = await bench.stored(job._id);
    await bench.jobs.renew(job._id, held.fence, -1);
    const quick = await bench.jobs.claim(job.chatId, LEASE_MS);
    if (quick.outcome !== 'claimed') return expect.fail('not claimed');
    await bench.jobs.finish(job._id, quick.job.fence, {
      state: 'succeeded',
      content: 'quick worker',
      finalEventId: '2-3',
    });
    go.resolve();
    await slow;
    expect(await bench.stored(job._id)).toMatchObject({ state: 'succeeded', answer: { content: 'quick worker' } });
  });
});
