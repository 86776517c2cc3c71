import { BaseRpcContext } from '@nestjs/microservices';
import type { Delivery } from '../broker.js';

/** Value of `@Ctx()` in a handler: all of the delivery except its payload, which is the value of `@Payload()`. */
export class DeliveryContext extends BaseRpcContext<[Delivery]> {
  constructor(delivery: Delivery) {
    super([delivery]);
  }

  get messageId(): string {
    return this.args[0].id;
  }

  get type(): Delivery['type'] {
    return this.args[0].type;
  }

  /** Counts from 1. */
  get attempt(): number {
    return this.args[0].attempt;
  }

  get schemaVersion(): number {
    return this.args[0].schemaVersion;
  }

  /** Whether this attempt may have begun before. */
  get redelivered(): boolean {
    return this.args[0].redelivered;
  }

  get requestId(): string | undefined {
    return this.args[0].requestId;
  }

  /** W3C Trace Context. */
  get traceparent(): string | undefined {
    return this.args[0].traceparent;
  }

  get deadline(): Date | undefined {
    return this.args[0].deadline;
  }
}
