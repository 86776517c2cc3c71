import type { CacheClient } from '../coalescing/cache-client.port.js';
import type { WaitingClient } from '../coalescing/subscriber.js';
import type { ReadRequest } from '../policy/cache-request.js';
import { FakeResponse } from './fake.response.js';
import { requestOf } from './requests.js';

/** A waiting client that records its events. */
export class FakeWaiting implements WaitingClient {
  readonly response = new FakeResponse();
  readonly told: string[] = [];
  readonly client: CacheClient;

  constructor(readonly request: ReadRequest = requestOf()) {
    this.client = {
      response: this.response.asResponse,
      fetch: () => this.told.push('fetch'),
      pass: () => this.told.push('pass'),
      onHead: (statusCode, headers, isShared) => {
        this.told.push(`head ${statusCode}${isShared ? ' shared' : ''}`);
        headers.push('X-Request-Id', '1');
      },
      onFailed: (error) => this.told.push(`failed: ${String(error)}`),
      onDone: () => this.told.push('done'),
    };
  }

  retry(isAlone: boolean): void {
    this.told.push(isAlone ? 'retry alone' : 'retry');
  }
}
