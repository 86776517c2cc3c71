import type { Fields } from '../fields/fields.js';
import type { StoredResponse } from '../policy/stored-response.js';

/** Chooses a variant of a stored file for clients that have a dictionary (RFC 9842). */
export interface AnswerDeltas {
  /** The request's field that selects a variant, for Vary of all immutable files. */
  readonly field: string;
  /**
   * Called for each hit of an immutable file, so it must cost nothing for a request without a dictionary.
   *
   * @param key of the stored answer
   * @param fields of the request
   * @returns the variant to send; undefined: the stored one
   */
  select(key: string, stored: StoredResponse, fields: Fields): StoredResponse | undefined;
}
