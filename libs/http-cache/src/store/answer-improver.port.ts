import type { StoredResponse } from '../policy/stored-response.js';

/** Makes stored answers smaller. The original is sent until the smaller one is ready. */
export interface AnswerImprover {
  /**
   * @param response that all clients share
   * @param url that it answers
   * @param acceptEncoding of these clients, in canonical form
   * @returns the better response; undefined if there is none. It must not reject
   */
  improve(
    response: StoredResponse,
    url: string,
    acceptEncoding: string,
  ): Promise<StoredResponse | undefined> | undefined;
}
