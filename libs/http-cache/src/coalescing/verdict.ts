import type { RawHeaders } from '@slipstream/http';
import type { ReadRequest } from '../policy/cache-request.js';
import type { Exchanged } from '../policy/freshness.js';
import type { StoredResponse } from '../policy/stored-response.js';

/** Decision about an answer whose head has arrived. */
export type Verdict =
  /**
   * The answer is stored, and sent to all clients that it serves. `headers` are those for clients other than the first.
   */
  | {
      readonly type: 'store';
      /** Names that Vary gets for every client. */
      readonly varyBy: readonly string[];
      readonly headers: RawHeaders;
      readonly serves: (request: ReadRequest) => boolean;
      readonly keep: (body: Buffer) => void;
    }
  /**
   * The answer is for the first client only. `detail`: the reason; a token. `isByNature`: the next answer to such a
   * request will not be shareable either; an error does not show that. `headers`: to be sent in place of the origin's.
   */
  | { readonly type: 'pass'; readonly detail: string; readonly isByNature: boolean; readonly headers?: RawHeaders }
  /**
   * A stored answer is sent, renewed by this one, or because this one is an error. The rest of this one is not needed.
   */
  | {
      readonly type: 'stored';
      readonly response: StoredResponse;
      readonly isRenewed: boolean;
      readonly isStored: boolean;
      readonly serves: (request: ReadRequest) => boolean;
    }
  /** The answer is of no use, and all clients look up again. */
  | { readonly type: 'void' };

/** Decides about the answer of one fetch. */
export interface Judge {
  judge(statusCode: number, headers: RawHeaders, exchanged: Exchanged): Verdict;
  /** Called if there is no answer. @returns a stored one to be used instead */
  staleIfError(): StoredResponse | undefined;
  /** Called at the deadline. @returns a stored one that permits its use while the origin fails */
  lateStaleIfError(): StoredResponse | undefined;
}
