import { createParser } from 'eventsource-parser';
import { z } from 'zod';
import { chatEndOf, isFailure, type ChatEnd } from './chat-end.js';
import { errorOfFrame, isErrorFrame } from './chat-stream-error.js';
import { ModelError } from './model-error.js';

/** Longest event that is read, in characters. */
const MAX_EVENT_CHARS = 1024 * 1024;

const delta = z.object({ content: z.string().nullish(), refusal: z.string().nullish() });
const chunk = z.object({
  choices: z.array(z.object({ delta: delta.nullish(), finish_reason: z.string().nullish() })).nullish(),
});

/** What a piece of the stream brought. */
export interface ChatStreamStep {
  /** Text, possibly none: a model that thinks sends events without. */
  deltas: string[];
  /** Whether an event came; comments, which keep a connection alive, say nothing of the model. */
  hasEvents: boolean;
  /** What can't be understood, or the error that the server reported, behind the text of this piece. */
  failure?: ModelError;
}

/**
 * Reads the event stream of `POST /chat/completions` with `stream: true`, as OpenAI documents it and others send it.
 */
export class ChatStreamReader {
  private readonly decoder = new TextDecoder();
  private readonly parser = createParser({
    onEvent: ({ data, event }) => this.onEvent(data, event),
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') this.fail(garbled(error));
      // Lines that are no field are to be ignored (HTML standard, 9.2.6), but some servers report errors as a field of
      // its own.
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

  /** Whether the model's last word has come: by `finish_reason`, or by `[DONE]`. */
  get isComplete(): boolean {
    return this.finishReason !== undefined || this.hasDone;
  }

  /** Whether nothing follows. */
  get isDone(): boolean {
    return this.hasDone;
  }

  /**
   * How the answer ended, once it {@link isComplete}.
   * @throws ModelError `model_failed` when the server gave up, or ended a stream that has neither text nor a finish
   * reason
   */
  get end(): ChatEnd {
    const { finishReason } = this;
    if (finishReason !== undefined && isFailure(finishReason)) throw gaveUp(finishReason);
    if (finishReason === undefined && !this.hasText) throw saidNothing();
    return chatEndOf(finishReason, this.isRefusal);
  }

  /** Takes bytes in, wherever they are cut. */
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
    // An event of another name (ping, …) that is no chunk is not for us.
  }

  private onChunk({ choices }: z.infer<typeof chunk>): void {
    const choice = choices?.[0];
    if (choice?.delta?.content) this.say(choice.delta.content);
    if (choice?.delta?.refusal) {
      this.isRefusal = true;
      this.say(choice.delta.refusal);
    }
    if (choice?.finish_reason) this.finishReason ??= choice.finish_reason;
  }

  private say(text: string): void {
    this.hasText = true;
    this.step.deltas.push(text);
  }

  /** What breaks after the model's last word loses nothing, and must not take the words before it along. */
  private fail(failure: ModelError): void {
    if (!this.isComplete) this.failure ??= failure;
  }
}

/** @returns undefined for what is no JSON */
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

const saidNothing = (): ModelError =>
  new ModelError('model_failed', 'The model server ended its answer without text or finish reason; try again.');
