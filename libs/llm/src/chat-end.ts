/** How a model ended its answer. */
export interface ChatEnd {
  /** `complete`: the whole answer. `incomplete`: the answer is cut, or is none of the model's own words. */
  state: 'complete' | 'incomplete';
  /** `finish_reason` as the server sent it; `refusal` where the model declined. Absent when the server sent none. */
  finishReason?: string;
}

/** Finish reasons of a whole answer, of OpenAI and of servers that pass on their engine's own word. */
const COMPLETE: ReadonlySet<string> = new Set([
  'stop',
  'stop_sequence',
  'eos',
  'eos_token',
  'end_turn',
  'complete',
  'completed',
]);

/** Finish reasons by which a server says that it gave up: another attempt may succeed. */
const FAILED: ReadonlySet<string> = new Set([
  'abort',
  'aborted',
  'cancel',
  'cancelled',
  'canceled',
  'error',
  'failed',
  'insufficient_system_resource',
  'network_error',
  'timeout',
]);

/** Whether the server gave up in the middle of its answer. */
export const isFailure = (finishReason: string): boolean => FAILED.has(finishReason.toLowerCase());

/**
 * `length`, `content_filter`, `tool_calls` and every reason that is not known to mean a whole answer leave it
 * incomplete; so does a server that only ends its stream.
 */
export function chatEndOf(finishReason: string | undefined, isRefusal: boolean): ChatEnd {
  const isComplete = finishReason !== undefined && COMPLETE.has(finishReason.toLowerCase());
  if (isRefusal)
    return { state: 'incomplete', finishReason: finishReason === undefined || isComplete ? 'refusal' : finishReason };
  return { state: isComplete ? 'complete' : 'incomplete', ...(finishReason !== undefined && { finishReason }) };
}
