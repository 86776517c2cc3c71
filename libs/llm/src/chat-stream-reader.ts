import { createParser } from 'eventsource-parser';
import { z } from 'zod';
import { chatEndOf, isFailure, type ChatEnd } from './chat-end.js';
import { errorOfFrame, isErrorFrame } from './chat-stream-error.js';
import { ModelError } from './model-error.js';

/** Limit of an event, in characters. */
const MAX_EVENT_CHARS = 1024 * 1024;

/** Reasoning models send lists of parts, of which those of type `text` are the answer. */
const part = z.object({ type: z.string().nullish(), text: z.unknown().optional() });
const content = z.union([z.string(), z.array(part).transform(textOf)]);
const delta = z.object({ content: content.nullish(), refusal: z.string().nullish() });
const chunk = z.object({
  choices: z.array(z.object({ delta: delta.nullish(), finish_reason: z.string().nullish() })).nullish(),
});

/** Content of a piece of the stream. */
export interface ChatStreamStep {
  /** Text, possibly empty: reasoning models send events without text. */
  deltas: string[];
  /** Whether an event arrived. Comments keep a connection alive, and are not progress of the model. */
  hasEvents: boolean;
  /** A parse error, or the error that the server reported, after the text of this piece. */
  failure?: ModelError;
}

/**
 * Parses the event stream of `POST /chat/completions` with `stream: true`, as OpenAI documents it and other servers
 * send it.
 */
export class ChatStreamReader {
  private readonly decoder = new TextDecoder();
  private readonly parser = createParser({
    onEvent: ({ data, event }) => this.onEvent(data, event),
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') this.fail(garbled(error));
      // Lines that are not fields must be ignored (HTML standard, 9.2.6), but some servers report errors in a field of
      // their own.
      else if (error.type === 'unknown-field' && error.field === 'error')
        this.fail(errorOfFrame(parsed(error.value ?? '') ?? error.value));
    },
    maxBufferSize: MAX_EVENT_CHARS,
  });
  private step: ChatStreamStep = { deltas: [], hasEvents: false };
  private failure?: ModelError;
  private finishReason?: string;
  private hasText = false;
  private isRefusal = false;
  private hasDone = false;

  /** Whether the model has finished: by `finish_reason`, or by `[DONE]`. */
  get isComplete(): boolean {
    return this.finishReason !== undefined || this.hasDone;
  }

  /** Whether the stream has ended. */
  get isDone(): boolean {
    return this.hasDone;
  }

  /**
   * How the answer ended, after {@link isComplete}.
   * @throws ModelError `model_failed` if the server gave up, or the stream has neither text nor a finish reason
   */
  get end(): ChatEnd {
    const { finishReason } = this;
    if (finishReason !== undefined && isFailure(finishReason)) throw gaveUp(finishReason);
    if (finishReason === undefined && !this.hasText) throw isEmpty();
    return chatEndOf(finishReason, this.isRefusal);
  }

  /** Accepts bytes, cut anywhere. */
  feed(bytes: Uint8Array): ChatStreamStep {
    this.step = { deltas: [], hasEvents: false };
    this.parser.feed(this.decoder.decode(bytes, { stream: true }));
    return { ...this.step, ...(this.failure && { failure: this.failure }) };
  }

  private onEvent(data: string, name: string | undefined): void {
    if (this.isDone || this.failure) return;
    this.step.hasEvents = true;
    if (data === '[DONE]') {
      this.hasDone = true;
      return;
    }
    const json = parsed(data);
    if (name === 'error' || isErrorFrame(json)) return this.fail(errorOfFrame(json ?? data));
    const checked = chunk.safeParse(json);
    if (checked.success) this.onChunk(checked.data);
    else if (name === undefined || name === '' || name === 'message') this.fail(garbled(checked.error));
    // Events of another name (ping, …) are not chunks, and are ignored.
  }

  private onChunk({ choices }: z.infer<typeof chunk>): void {
    const choice = choices?.[0];
    if (choice?.delta?.content) this.emit(choice.delta.content);
    if (choice?.delta?.refusal) {
      this.isRefusal = true;
      this.emit(choice.delta.refusal);
    }
    if (choice?.finish_reason) this.finishReason ??= choice.finish_reason;
  }

  private emit(text: string): void {
    this.hasText = true;
    this.step.deltas.push(text);
  }

  /** An error after the model has finished loses no text, and must not discard the earlier text. */
  private fail(failure: ModelError): void {
    if (!this.isComplete) this.failure ??= failure;
  }
}

function textOf(parts: readonly z.infer<typeof part>[]): string {
  return parts.map(({ type, text }) => (type === 'text' && typeof text === 'string' ? text : '')).join('');
}

/** @returns undefined if it is not JSON */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const garbled = (cause: unknown): ModelError =>
  new ModelError(
    'model_failed',
    'The model server did not send a chat completion stream; try again, or check the server.',
    { cause },
  );

const gaveUp = (finishReason: string): ModelError =>
  new ModelError(
    'model_failed',
    `The model server ended its answer with finish_reason '${finishReason.slice(0, 100)}'; try again.`,
    { finishReason },
  );

const isEmpty = (): ModelError =>
  new ModelError('model_failed', 'The model server ended its answer without text or finish reason; try again.');
