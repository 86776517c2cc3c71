import { setTimeout as delay } from 'node:timers/promises';

/** A model without weights. */
export interface DemoModel {
  id: string;
  /** Yields the answer token by token until it ends or `signal` aborts. */
  answer(question: string, signal: AbortSignal): AsyncIterable<string>;
}

const SLOW_TOKENS = 100;
const SLOW_TOKEN_MS = 100;
const ECHO_PREFIX = "This is Slipstream's demo model; configure a model server for real answers. You said: ";

/** Words with the white space after them, and white space before the first, so that joining them restores the text. */
export const wordsOf = (text: string): string[] => text.match(/^\s+|\S+\s*/g) ?? [];

/** Repeats the question, at once. */
const demoEcho: DemoModel = {
  id: 'demo-echo',
  async *answer(question) {
    yield* wordsOf(ECHO_PREFIX + question);
  },
};

/** 100 tokens at 100 ms each, for watching a stream. */
const demoSlow: DemoModel = {
  id: 'demo-slow',
  async *answer(_question, signal) {
    for (let token = 1; token <= SLOW_TOKENS; token++) {
      await delay(SLOW_TOKEN_MS, undefined, { signal });
      yield `token-${token} `;
    }
  },
};

export const DEMO_MODELS: readonly DemoModel[] = [demoEcho, demoSlow];
