import { createParser } from 'eventsource-parser';
import { z } from 'zod';
import { ModelError } from './model-error.js';

/** Longest event that is read, in characters. */
const MAX_EVENT_CHARS = 1024 * 1024;

const chunk = z.object({
  choices: z
    .array(z.object({ delta: z.object({ content: z.string().nullish() }).nullish(), finish_reason: z.string().nullish() }))
    .nullish(),
  error: z.unknown().optional(),
});

/** What a piece of the stream told. */
export interface ChatStreamStep {
  /** Text, possibly none: a model that thinks sends events without. */
  deltas: string[];
  /** Whether an event came; comments, which keep a connection alive, tell nothing of the model. */
  hasEvents: boolean;
}

/** Reads the event stream of `POST /chat/completions` with `stream: true`, as OpenAI documents it. */
export class ChatStreamReader {
  private readonly decoder = new TextDecoder();
  private readonly parser = createParser({
    onEvent: ({ data }) => this.onData(data),
    onError: (error) => {
      // Lines that are no field are to be ignored (HTML standard, 9.2.6).
      if (error.type === 'max-buffer-size-exceeded') this.fail(garbled(error));
    },
    maxBufferSize: MAX_EVENT_CHARS,
  });
  private step: ChatStreamStep = { deltas: [], hasEvents: false };
  private failure?: ModelError;
  private finish: 'no' | 'reason' | 'done' = 'no';

  /** Whether the model said that its answer is whole: by `finish_reason` or by `[DONE]`. */
  get isComplete(): boolean {
    return this.finish !== 'no';
  }

  /** Whether nothing follows. */
  get isDone(): boolean {
    return this.finish === 'done';
  }

  /**
   * Takes bytes in, wherever they are cut.
   *
   * @throws ModelError `model_failed` when they can't be understood, or when the server reports an error in the stream
   */
  feed(bytes: Uint8Array): ChatStreamStep {
    this.step = { deltas: [], hasEvents: false };
    this.parser.feed(this.decoder.decode(bytes, { stream: true }));
    if (this.failure) throw this.failure;
    return this.step;
  }

  private onData(data: string): void {
    if (this.isDone || this.failure) return;
    this.step.hasEvents = true;
    if (data === '[DONE]') this.finish = 'done';
    else this.onChunk(data);
  }

  private onChunk(data: string): void {
    const parsed = parseChunk(data);
    if (parsed instanceof ModelError) return this.fail(parsed);
    const choice = parsed.choices?.[0];
    if (choice?.delta?.content) this.step.deltas.push(choice.delta.content);
    if (choice?.finish_reason) this.finish = 'reason';
  }

  /** What breaks after the model's last word loses nothing, and must not take the words before it along. */
  private fail(failure: ModelError): void {
    if (!this.isComplete) this.failure ??= failure;
  }
}

function parseChunk(data: string): z.infer<typeof chunk> | ModelError {
  try {
    const parsed = chunk.parse(JSON.parse(data));
    return parsed.error === undefined || parsed.error === null ? parsed : new ModelError('model_failed', 'The model server reported an error within its answer; try again.');
  } catch (cause) {
    return garbled(cause);
  }
}

const garbled = (cause: unknown): ModelError => new ModelError('model_failed', 'The model server sent what is no chat completion stream; try again, or look at the server.', { cause });
