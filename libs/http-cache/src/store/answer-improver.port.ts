import type { AnswerForm } from '../policy/answer-forms.js';
import type { StoredResponse } from '../policy/stored-response.js';

/** Common properties of the clients of a stored answer. */
export interface AnswerClients {
  /** In canonical form. Absent: the answer does not vary by it. */
  readonly acceptEncoding?: string;
  /** Absent: the answer has one form. */
  readonly form?: AnswerForm;
}

/** Makes stored answers smaller. The original is sent until the smaller one is ready. */
export interface AnswerImprover {
  /**
   * @param response that all clients share
   * @param url that it answers
   * @returns the better response; undefined if there is none. It must not reject
   */
  improve(
    response: StoredResponse,
    url: string,
    clients: AnswerClients,
  ): Promise<StoredResponse | undefined> | undefined;
}
