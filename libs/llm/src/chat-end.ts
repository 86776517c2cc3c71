/** How a model ended its answer. */
export interface ChatEnd {
  /** `complete`: the whole answer. `incomplete`: the answer is cut, or not the model's own text. */
  state: 'complete' | 'incomplete';
  /** `finish_reason` of the server; `refusal` if the model declined. Absent if the server sent none. */
  finishReason?: string;
}

/** Finish reasons of a complete answer, of OpenAI and of servers that forward the reason of their engine. */
const COMPLETE: ReadonlySet<string> = new Set([
  'stop',
  'stop_sequence',
  'eos',
  'eos_token',
  'end_turn',
  'complete',
  'completed',
]);

/** Finish reasons of a server that gave up: another attempt may succeed. */
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

/** Whether the server gave up within its answer. */
export const isFailure = (finishReason: string): boolean => FAILED.has(finishReason.toLowerCase());

/**
 * `length`, `content_filter`, `tool_calls` and every unknown reason make the answer incomplete; so does the end of a
 * stream without a reason.
 */
export function chatEndOf(finishReason: string | undefined, isRefusal: boolean): ChatEnd {
  const isComplete = finishReason !== undefined && COMPLETE.has(finishReason.toLowerCase());
  if (isRefusal)
    return { state: 'incomplete', finishReason: finishReason === undefined || isComplete ? 'refusal' : finishReason };
  return { state: isComplete ? 'complete' : 'incomplete', ...(finishReason !== undefined && { finishReason }) };
}
