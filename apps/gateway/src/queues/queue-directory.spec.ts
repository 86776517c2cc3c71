import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deadLetterView, DependencyUnavailableError, InvalidQueueError, queueView } from '@slipstream/contracts';
import { createBroker, QueueActivity, QueueActivityBoard, type Broker } from '@slipstream/rabbitmq';
import { createTelemetry } from '@slipstream/telemetry';
import { QueueDirectory } from './queue-directory.js';
import { showQueues } from './queue-metrics.js';
import { QueueWatch } from './queue-watch.js';

const telemetry = createTelemetry({ processName: 'test', level: 'silent' });
let broker: Broker;
let watch: QueueWatch;
let activity: QueueActivity;
let board: QueueActivityBoard;
let sut: QueueDirectory;

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setInterval', 'clearInterval', 'Date', 'performance'],
    now: Date.parse('2030-01-01T00:00:00Z'),
  });
  activity = new QueueActivity(telemetry.metrics.queue);
  board = new QueueActivityBoard();
  broker = createBroker({ url: 'memory:', logger: telemetry.logger, metrics: activity });
  watch = new QueueWatch(broker, telemetry.logger);
  sut = new QueueDirectory(broker, board, watch);
});

afterEach(async () => {
  watch.stop();
  await broker.close();
  vi.useRealTimers();
});

const publish = (id: string) =>
  broker.publish('chat_queue', { id, type: 'chat.generate', payload: { jobId: 'j', chatId: 'c' } });
const chatQueue = async () => (await sut.list()).find(({ queue }) => queue === 'chat_queue')!;
const ageOf = async () => (await chatQueue()).lanes[0]!.oldestAgeSeconds;

async function buried(...ids: string[]): Promise<void> {
  const consumption = await broker.consume('chat_queue', { concurrency: 1 }, async () => ({
    do: 'dead-letter',
    reason: 'no',
  }));
  for (const id of ids) await publish(id);
  await vi.waitFor(async () => expect(await sut.deadLetters('chat_queue', 100)).toHaveLength(ids.length));
  await consumption.drain();
}

describe('QueueDirectory', () => {
  it('lists what lies in each queue and what is done with it, as the contract has it', async () => {
    await publish('a');
    await publish('b');
    board.receive('me', activity.report(4), performance.now());
    const items = await sut.list();
    expect(items.map((item) => queueView.parse(item))).toEqual(items);
    expect(items.map(({ queue }) => queue)).toEqual(['chat_queue', 'document_queue', 'notification_queue']);
    expect(items[0]).toMatchObject({
      lanes: [
        { lane: 'interactive', ready: 2 },
        { lane: 'background', ready: 0 },
      ],
      publishedPerSecond: 0.5,
      inWork: 0,
      deadLetters: 0,
    });
  });

  it('knows how long the oldest has waited at most: since the lane was seen empty', async () => {
    await publish('a');
    expect(await ageOf()).toBeUndefined();
    const consumption = await broker.consume('chat_queue', { concurrency: 1 }, async () => ({ do: 'ack' }));
    await vi.waitFor(async () => expect(await ageOf()).toBeUndefined());
    await consumption.drain();
    await publish('b');
    vi.advanceTimersByTime(7_000);
    expect(await ageOf()).toBe(7);
  });

  it.each([-3_600_000, 3_600_000])(
    'knows how long the oldest has waited when the wall clock was set by %i ms since',
    async (jumpMs) => {
      await sut.list();
      await publish('a');
      vi.setSystemTime(Date.now() + jumpMs);
      vi.advanceTimersByTime(7_000);
      expect(await ageOf()).toBe(7);
    },
  );

  it('knows it better from what was taken last: those behind are younger', async () => {
    await publish('a');
    await publish('b');
    vi.advanceTimersByTime(60_000);
    activity.taken('chat_queue', 'interactive', 20);
    board.receive('a worker', activity.report(2), performance.now());
    expect(await ageOf()).toBe(20);
  });

  it('lists dead letters as the contract has them, replays and deletes them', async () => {
    await buried('a', 'b', 'c', 'd');
    const letters = await sut.deadLetters('chat_queue', 2);
    expect(letters.map((letter) => deadLetterView.parse(letter))).toEqual(letters);
    expect(letters).toMatchObject([
      { id: 'a', reason: 'no', deadAt: expect.stringMatching(/^2030-01-01T00:00:0\d/) },
      { id: 'b' },
    ]);
    await sut.replay('chat_queue', 'a');
    await sut.delete('chat_queue', 'b');
    await expect(sut.replay('chat_queue', 'a')).rejects.toMatchObject({ code: 'dead_letter_not_found' });
    await expect(sut.delete('chat_queue', 'b')).rejects.toMatchObject({ code: 'dead_letter_not_found' });
    expect([
      await sut.replayAll('chat_queue'),
      await sut.deleteAll('chat_queue'),
      await sut.deleteAll('document_queue'),
    ]).toEqual([2, 0, 0]);
    expect((await chatQueue()).lanes[0]!.ready).toBe(3);
  });

  it('refuses a queue that there is not', async () => {
    for (const queue of ['chat', '__proto__', 'chat_queue.dead'])
      await expect(sut.deadLetters(queue, 1)).rejects.toThrow(InvalidQueueError);
  });
});

describe('the metrics of the queues', () => {
  it('follow what is seen every few seconds, and are silent while the broker is', async () => {
    const { registry } = createTelemetry({ processName: 'test', level: 'silent' });
    showQueues(watch, registry);
    watch.start();
    await buried('a');
    await publish('b');
    vi.advanceTimersByTime(5000);
    await vi.waitFor(async () =>
      expect(await registry.metrics()).toContain(
        'slipstream_queue_messages{queue="chat_queue",lane="interactive",state="ready"} 1',
      ),
    );
    expect(await registry.metrics()).toContain('slipstream_queue_dead_letters{queue="chat_queue"} 1');
    await broker.close();
    await expect(sut.list()).rejects.toThrow(DependencyUnavailableError);
    vi.advanceTimersByTime(5000);
    await vi.waitFor(async () => expect(await registry.metrics()).not.toContain('queue="chat_queue"'));
  });
});
