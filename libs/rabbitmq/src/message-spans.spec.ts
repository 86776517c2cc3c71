import { currentContext, runInContext } from '@slipstream/telemetry';
import { keptSpans } from '@slipstream/telemetry/testing';
import { expect, it, vi } from 'vitest';
import type { Outcome } from './broker.js';
import { MemoryBroker } from './memory/memory.broker.js';
import { MessageQueue } from './message-queue.js';
import { recordingLogger, recordingMetrics } from './testing/recording.js';

const payload = { jobId: 'job-s3cret', chatId: 'chat-s3cret' };

/** Publishes within a request, and handles the message. */
async function passed(outcome: Outcome, sampleRatio = 1) {
  const kept = keptSpans(sampleRatio);
  const request = keptSpans().tracer.begin({ name: 'request', kind: 'server' }, { type: 'root' })!;
  const broker = new MemoryBroker({ logger: recordingLogger(), metrics: recordingMetrics(), tracer: kept.tracer });
  const handled = Promise.withResolvers<ReturnType<typeof currentContext>>();
  await broker.consume('chat_queue', { concurrency: 1, maxAttempts: 1 }, async () => {
    handled.resolve(currentContext());
    return outcome;
  });
  const span = sampleRatio === 1 ? kept.tracer.begin({ name: 'request', kind: 'server' }, { type: 'root' }) : undefined;
  const traceparent = span ? span.traceparent : request.traceparent.replace(/01$/, '00');
  const queue = new MessageQueue(broker);
  await runInContext({ span }, () =>
    queue.publish('chat_queue', 'chat.generate', payload, { requestId: 'r1', traceparent }),
  );
  const context = await handled.promise;
  await broker.close();
  return { ...kept, span, context };
}

it('records publishing and processing as parent and child, without the payload', async () => {
  const { named, span, context, spans } = await passed({ do: 'ack' });
  await vi.waitFor(() => expect(spans).toHaveLength(2));
  const sent = named('send chat_queue');
  const processed = named('process chat_queue');
  expect(sent).toMatchObject({ kind: 'producer', parentSpanId: span!.traceparent.split('-')[2] });
  expect(processed).toMatchObject({ kind: 'consumer', parentSpanId: sent.spanId, isFailed: false });
  expect(context).toMatchObject({ requestId: 'r1', traceparent: `00-${sent.traceId}-${processed.spanId}-01` });
  expect(Object.fromEntries(processed.attributes)).toEqual({
    'messaging.system': 'rabbitmq',
    'messaging.operation.type': 'process',
    'messaging.destination.name': 'chat_queue',
    'messaging.message.id': expect.any(String) as string,
    'slipstream.message.type': 'chat.generate',
    'slipstream.message.attempt': 1,
  });
  expect(JSON.stringify(spans.map(({ attributes }) => [...attributes]))).not.toContain('s3cret');
});

it('marks a message that becomes a dead letter', async () => {
  const { named, spans } = await passed({ do: 'dead-letter', reason: 'spec' });
  await vi.waitFor(() => expect(spans).toHaveLength(2));
  expect(named('process chat_queue').attributes.get('error.type')).toBe('dead-letter');
});

it('does not record a message of a request that is not sampled', async () => {
  const { spans, context } = await passed({ do: 'ack' }, 0);
  expect(spans).toEqual([]);
  expect(context).toMatchObject({ requestId: 'r1', span: undefined });
});
