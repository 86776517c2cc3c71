import type { EmbedderIdentity } from '@slipstream/vectors';

/** Whether a text is searched, or searches. Some models embed the two differently. */
export type EmbeddingPurpose = 'passage' | 'query';

/** Turns text into vectors. */
export interface Embedder {
  /** Asks for the length of its vectors if that is not known yet. @throws SlipstreamError if it can't be asked */
  identity(signal?: AbortSignal): Promise<EmbedderIdentity>;
  /**
   * One vector for each text, of length 1 and in the same order.
   * @throws SlipstreamError; `isRetryable` says whether the same call may succeed later
   */
  embed(texts: readonly string[], purpose: EmbeddingPurpose, signal?: AbortSignal): Promise<Float32Array[]>;
}
