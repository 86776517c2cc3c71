import { InvalidInputError } from '@slipstream/contracts';
import type { RequestFault } from './request-fault.js';

/** A request that a listener refuses, whoever it is for. */
export class RefusedRequestError extends InvalidInputError {
  readonly status: number;

  constructor({ status, code, detail }: RequestFault) {
    super(code, detail);
    this.status = status;
  }
}
