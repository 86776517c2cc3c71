import type { RawHeaders } from '@slipstream/http';
import type { ReadRequest } from '../policy/cache-request.js';
import type { Exchanged } from '../policy/freshness.js';
import type { StoredResponse } from '../policy/stored-response.js';

/** What becomes of an answer whose head is here. */
export type Verdict =
  /** It is kept, and given to all whom it serves. `headers` are those for others than who asked first. */
  | {
      readonly type: 'store';
      readonly headers: RawHeaders;
      readonly serves: (request: ReadRequest) => boolean;
      readonly keep: (body: Buffer) => void;
    }
  /**
   * It is for who asked first, and for nobody else. `detail`: why; a token. `isByNature`: the next answer to such a
   * request will not be for several either; an error says nothing of that. `headers`: to send in place of those that
   * came.
   */
  | { readonly type: 'pass'; readonly detail: string; readonly isByNature: boolean; readonly headers?: RawHeaders }
  /**
   * A stored answer is given, renewed by this one or because this one is an error; the rest of this one isn't needed.
   */
  | {
      readonly type: 'stored';
      readonly response: StoredResponse;
      readonly isRenewed: boolean;
      readonly isStored: boolean;
      readonly serves: (request: ReadRequest) => boolean;
    }
  /** It answers nothing that was asked: everybody asks again. */
  | { readonly type: 'void' };

/** Decides about one fetch's answer. */
export interface Judge {
  judge(statusCode: number, headers: RawHeaders, exchanged: Exchanged): Verdict;
  /** There is no answer. @returns a stored one that stands in for it */
  staleIfError(): StoredResponse | undefined;
  /** No answer has come in time. @returns a stored one that says that it may stand in while the origin fails */
  lateStaleIfError(): StoredResponse | undefined;
}
