import type { Citation, MessageState } from '@slipstream/contracts';

/** Output of a model. */
export interface Written {
  content: string;
  model?: string;
  /** How the model ended it, as its server put it. */
  finishReason?: string;
  /** Passages that the model got. */
  citations?: Citation[];
}

/** How a job ended, and what is kept of its answer. */
export type JobEnd = { finalEventId: string } & Partial<Written> &
  (
    | { state: 'succeeded'; /** Default true. */ isWhole?: boolean }
    | { state: 'cancelled' }
    | { state: 'failed'; error: { code: string; detail: string } }
  );

/** A server may send anything as its finish reason. */
const MAX_REASON_CHARS = 100;

const ANSWER_STATES: Record<JobEnd['state'], MessageState> = {
  succeeded: 'complete',
  failed: 'incomplete',
  cancelled: 'cancelled',
};

/** The fields that end a job, and store its answer. */
export const endedFields = (end: JobEnd) => ({
  state: end.state,
  finalEventId: end.finalEventId,
  ...(end.state === 'failed' && { error: end.error }),
  ...(end.content !== undefined && answerFields({ ...end, content: end.content }, answerStateOf(end))),
});

const answerStateOf = (end: JobEnd): MessageState =>
  end.state === 'succeeded' && end.isWhole === false ? 'incomplete' : ANSWER_STATES[end.state];

/** The fields of an answer, as far as it is written. */
export const answerFields = ({ content, model, finishReason, citations }: Written, state: MessageState) => ({
  'answer.content': content,
  'answer.state': state,
  'answer.at': new Date(),
  ...(model && { 'answer.model': model }),
  ...(citations && { 'answer.citations': citations }),
  ...(finishReason && { 'answer.finishReason': finishReason.slice(0, MAX_REASON_CHARS) }),
});
