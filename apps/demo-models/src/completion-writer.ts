import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { wordsOf } from './demo-models.js';

/** Parts of a completion. */
export interface Completion {
  model: string;
  question: string;
  tokens: AsyncIterable<string>;
  signal: AbortSignal;
}

/** Answers with one `chat.completion`. */
export async function writeWhole(response: ServerResponse, { model, question, tokens }: Completion): Promise<void> {
  const parts: string[] = [];
  for await (const token of tokens) parts.push(token);
  const choice = {
    index: 0,
    message: { role: 'assistant', content: parts.join(''), refusal: null },
    logprobs: null,
    finish_reason: 'stop',
  };
  const body = { ...envelope(model, 'chat.completion'), choices: [choice], usage: usageOf(question, parts.length) };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Answers with `chat.completion.chunk` events and `[DONE]`, preceded by usage if the client requested it. */
export async function writeStream(
  response: ServerResponse,
  { model, question, tokens, signal }: Completion,
  includeUsage: boolean,
): Promise<void> {
  const head = envelope(model, 'chat.completion.chunk');
  const send = async (event: object | '[DONE]'): Promise<void> => {
    const isFlowing = response.write(`data: ${event === '[DONE]' ? event : JSON.stringify(event)}\n\n`);
    if (!isFlowing) await once(response, 'drain', { signal });
  };
  const choice = (delta: object, finishReason: 'stop' | null) => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  });
  response
    .writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
    .flushHeaders();
  await send(choice({ role: 'assistant', content: '' }, null));
  let count = 0;
  for await (const content of tokens) {
    count += 1;
    await send(choice({ content }, null));
  }
  await send(choice({}, 'stop'));
  if (includeUsage) await send({ ...head, choices: [], usage: usageOf(question, count) });
  await send('[DONE]');
  response.end();
}

const envelope = (model: string, object: string) => ({
  id: `chatcmpl-${randomUUID()}`,
  object,
  created: Math.floor(Date.now() / 1000),
  model,
});

/** Counted in words, which are this model's tokens. */
function usageOf(question: string, completionTokens: number): object {
  const promptTokens = wordsOf(question).length;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}
