import { expect, it } from 'vitest';
import { QueryMonitor } from './query-monitor.js';
import { queryReport, reportOf } from './query-report.js';
import { queryTotals } from './query-totals.js';

const logger = { info: () => undefined, warn: () => undefined };

/** A process that ran `find` on a collection, once for each duration. */
function processWith(runs: Readonly<Record<string, readonly number[]>>): QueryMonitor {
  const monitor = new QueryMonitor({ logger });
  for (const [collection, durations] of Object.entries(runs))
    for (const duration of durations) {
      const running = monitor.started('find', { find: collection, filter: { secret: 'value' } });
      monitor.ended(running!, duration, { reply: { cursor: { id: 0, firstBatch: [{}] } } });
    }
  return monitor;
}

it('adds up the shapes of all processes, without values, after a way as JSON', () => {
  const ten = Array.from({ length: 10 }, () => 2);
  const processes = [processWith({ chats: ten, jobs: [1] }), processWith({ chats: [...ten, 200] })];
  const reports = processes.map((each) =>
    queryReport.parse(JSON.parse(JSON.stringify(reportOf(each, { refusal: undefined, planOf: () => undefined })))),
  );
  const [chats, jobs, ...none] = queryTotals(reports);
  expect(none).toEqual([]);
  expect(chats).toMatchObject({
    collection: 'chats',
    operation: 'find',
    count: 21,
    slow: 1,
    documents: 21,
    maxMs: 200,
  });
  expect(chats).toMatchObject({ totalMs: 240, p99Ms: 200, query: '{"filter":{"secret":"?"}}' });
  expect(chats!.p50Ms).toBeLessThanOrEqual(2.5);
  expect(jobs).toMatchObject({ collection: 'jobs', count: 1 });
  expect(JSON.stringify(reports)).not.toContain('value');
});

it('adds up nothing', () => expect(queryTotals([])).toEqual([]));
