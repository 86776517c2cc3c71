import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { recordingMetrics } from '../testing/recording.js';
import { activityReport, QueueActivity } from './queue-activity.js';
import { QueueActivityBoard } from './queue-activity-board.js';

const HOUR_MS = 3_600_000;
const NOW = Date.parse('2030-01-01T00:00:00Z');

beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => void vi.useRealTimers());

/** A process that published four, took three, and finished two. */
function busy(): QueueActivity {
  const sut = new QueueActivity(recordingMetrics());
  for (let n = 0; n < 4; n += 1) sut.published('chat_queue', 'chat.generate', 'confirmed');
  sut.published('chat_queue', 'chat.generate', 'unavailable');
  sut.taken('chat_queue', 'interactive', 5);
  sut.taken('chat_queue', 'interactive', 7);
  sut.taken('chat_queue', 'background', undefined);
  sut.consumed('chat_queue', 'chat.generate', 'ack', 1);
  sut.consumed('chat_queue', 'chat.generate', 'dead-letter', 1);
  return sut;
}

const CHAT = {
  publishedPerSecond: 2,
  acknowledgedPerSecond: 0.5,
  retriedPerSecond: 0,
  deadLetteredPerSecond: 0.5,
  inWork: 1,
  sentAgoMs: { interactive: 5_000 },
};
const IDLE = {
  publishedPerSecond: 0,
  acknowledgedPerSecond: 0,
  retriedPerSecond: 0,
  deadLetteredPerSecond: 0,
  inWork: 0,
  sentAgoMs: {},
};

describe('QueueActivity', () => {
  it('reports what was done since the last report, and what is in work', () => {
    const sut = busy();
    expect(sut.report(2)).toEqual({ chat_queue: CHAT, document_queue: IDLE, notification_queue: IDLE });
    sut.consumed('chat_queue', 'chat.generate', 'retry', 1);
    expect(sut.report(4).chat_queue).toEqual({ ...IDLE, retriedPerSecond: 0.25, sentAgoMs: CHAT.sentAgoMs });
  });

  it.each([-HOUR_MS, HOUR_MS])(
    'reports how long ago the youngest was published when the wall clock was set by %i ms since',
    (jumpMs) => {
      const sut = busy();
      vi.setSystemTime(NOW + jumpMs);
      vi.advanceTimersByTime(2_000);
      expect(sut.report(2).chat_queue.sentAgoMs).toEqual({ interactive: 7_000 });
    },
  );

  it('reports in a form that passes between processes', () => {
    const report = busy().report(2);
    expect(activityReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  it('passes everything on to the metrics', () => {
    const metrics = recordingMetrics();
    const sut = new QueueActivity(metrics);
    sut.published('chat_queue', 't', 'unavailable');
    sut.taken('chat_queue', 'background', 3);
    sut.consumed('chat_queue', 't', 'retry', 1);
    expect(metrics).toMatchObject({
      publishes: ['chat_queue t unavailable'],
      waits: [3],
      consumes: ['chat_queue t retry'],
    });
  });
});

describe('QueueActivityBoard', () => {
  it('adds up what every process last told', () => {
    const sut = new QueueActivityBoard();
    sut.receive('a', busy().report(1), 0);
    sut.receive('a', busy().report(2), 1_000);
    sut.receive('b', busy().report(2), 1_000);
    expect(sut.total('chat_queue', 1_000)).toEqual({
      publishedPerSecond: 4,
      acknowledgedPerSecond: 1,
      retriedPerSecond: 0,
      deadLetteredPerSecond: 1,
      inWork: 2,
      sentAgoMs: { interactive: 5_000 },
    });
    expect(sut.total('document_queue', 1_000)).toEqual(IDLE);
  });

  it('forgets who is silent, but not what was taken', () => {
    const sut = new QueueActivityBoard();
    sut.receive('a', busy().report(2), 0);
    expect(sut.total('chat_queue', 10_000).publishedPerSecond).toBe(2);
    expect(sut.total('chat_queue', 10_001)).toEqual({ ...IDLE, sentAgoMs: { interactive: 15_001 } });
  });

  it('is bounded', () => {
    const sut = new QueueActivityBoard();
    for (let n = 0; n < 1_100; n += 1) sut.receive(`process-${n}`, busy().report(2), 0);
    expect(sut.total('chat_queue', 0).inWork).toBe(1_000);
  });
});
