import type { EmbedderIdentity } from '@slipstream/vectors';

/** Whether a text is searched, or searches. Some models embed the two differently. */
export type EmbeddingPurpose = 'passage' | 'query';

/** Turns text into vectors. */
export interface Embedder {
  /** Requests the length of its vectors unless it is known. @throws SlipstreamError if the request fails */
  identity(signal?: AbortSignal): Promise<EmbedderIdentity>;
  /**
   * One vector for each text, of length 1 and in the same order.
   * @throws SlipstreamError; `isRetryable` says whether the same call may succeed later
   */
  embed(texts: readonly string[], purpose: EmbeddingPurpose, signal?: AbortSignal): Promise<Float32Array[]>;
}
