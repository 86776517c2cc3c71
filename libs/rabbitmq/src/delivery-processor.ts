import { messageOf, type Logger, type LogLevel, type QueueName, type Tracer } from '@slipstream/contracts';
import { beginTrace, runInContext } from '@slipstream/telemetry';
import type { ConsumeOptions, Delivery, DeliveryHandler, Outcome } from './broker.js';
import type { QueueMetrics } from './broker.options.js';
import { errorOfOutcome, processSpan } from './message-spans.js';
import { isMessageType } from './message-types.js';
import { boundAttempts, DEFAULT_MAX_ATTEMPTS, outcomeOfError } from './retry-policy.js';
import { decode, laneOf, sentAtOf, type WireMessage } from './wire-message.js';

interface Dependencies {
  queue: QueueName;
  options: ConsumeOptions;
  handler: DeliveryHandler;
  logger: Logger<LogLevel>;
  metrics: QueueMetrics;
  tracer?: Tracer;
}

/** Processes a message up to its outcome, for every driver. Never throws. */
export class DeliveryProcessor {
  constructor(private readonly deps: Dependencies) {}

  async process(message: WireMessage, redelivered: boolean): Promise<Outcome> {
    const startedAt = performance.now();
    this.deps.metrics.taken(this.deps.queue, laneOf(message), secondsSince(sentAtOf(message)));
    const outcome = await this.outcomeOf(message, redelivered);
    const type = isMessageType(message.properties.type) ? message.properties.type : 'unknown';
    this.deps.metrics.consumed(this.deps.queue, type, outcome.do, (performance.now() - startedAt) / 1_000);
    return outcome;
  }

  private async outcomeOf(message: WireMessage, redelivered: boolean): Promise<Outcome> {
    const delivery = this.read(message, redelivered);
    if ('do' in delivery) return delivery;
    if (isLate(delivery)) {
      const late: Outcome = { do: 'dead-letter', reason: 'deadline_passed before a worker took it' };
      this.report(delivery, late, undefined);
      return late;
    }
    return this.traced(delivery, () => this.handle(delivery));
  }

  private async handle(delivery: Delivery): Promise<Outcome> {
    const { handler, options } = this.deps;
    let outcome: Outcome;
    let error: unknown;
    try {
      outcome = await handler(delivery);
    } catch (thrown) {
      error = thrown;
      outcome = outcomeOfError(thrown, delivery.attempt);
    }
    outcome = boundAttempts(outcome, delivery.attempt, options.maxAttempts ?? DEFAULT_MAX_ATTEMPTS, error);
    this.report(delivery, outcome, error);
    return outcome;
  }

  /** The handler runs in a context of its own: the in-process broker delivers in the context of a publisher. */
  private async traced(delivery: Delivery, handle: () => Promise<Outcome>): Promise<Outcome> {
    const { tracer, queue } = this.deps;
    const { requestId, traceparent: header } = delivery;
    if (!tracer) return handle();
    const { span, traceparent } = beginTrace(tracer, processSpan(queue, delivery), { traceparent: header });
    const outcome = await runInContext({ requestId, traceparent, span }, handle);
    span?.end({ error: errorOfOutcome(outcome) });
    return outcome;
  }

  private read(message: WireMessage, redelivered: boolean): Delivery | Outcome {
    try {
      return decode(message, redelivered);
    } catch (error) {
      const reason = messageOf(error);
      this.logError({ messageId: message.properties.messageId }, reason);
      return { do: 'dead-letter', reason };
    }
  }

  private report(delivery: Delivery, outcome: Outcome, error: unknown): void {
    const { id, type, attempt, requestId, traceparent } = delivery;
    const facts = { messageId: id, type, attempt, requestId, traceparent, err: error };
    if (outcome.do === 'dead-letter') this.logError(facts, outcome.reason);
    if (outcome.do === 'retry') {
      this.deps.logger.warn(
        { ...facts, queue: this.deps.queue, afterMs: outcome.afterMs },
        'a message failed and will be tried again',
      );
    }
  }

  private logError(facts: object, reason: string): void {
    this.deps.logger.error({ ...facts, queue: this.deps.queue, reason }, 'a message failed and became a dead letter');
  }
}

const isLate = ({ deadline }: Delivery): boolean => deadline !== undefined && deadline.getTime() <= Date.now();

/** Never negative, even if the sender's clock is ahead. */
const secondsSince = (since: Date | undefined): number | undefined =>
  since && Math.max(0, (Date.now() - since.getTime()) / 1_000);
