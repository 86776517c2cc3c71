import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { SlipstreamError } from '@slipstream/contracts';
import { BodyIncompleteError, JsonScanner, readBody, sendOpenAiError } from '@slipstream/http';
import { z } from 'zod';
import { writeStream, writeWhole } from './completion-writer.js';
import { DEMO_MODELS, type DemoModel } from './demo-models.js';

/** A listening demo model server. */
export interface DemoModelServer {
  /** OpenAI base URL; ends in `/v1`. */
  url: string;
  /** Closes it, including running answers. */
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 20 * 1024 * 1024;
/** Including names. It runs in the gateway's process, which parsing more would block. */
const MAX_VALUES = 20_000;

const textPart = z.object({ type: z.literal('text'), text: z.string() }).transform(({ text }) => text);
const anyPart = z.object({ type: z.string() }).transform(() => ''); // an echo ignores images and sounds
const chatRequest = z.object({
  model: z.string(),
  messages: z
    .array(
      z.object({
        role: z.string(),
        content: z
          .union([z.string(), z.array(z.union([textPart, anyPart])).transform((parts) => parts.join(''))])
          .nullish(),
      }),
    )
    .min(1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
});

/** Starts an OpenAI-compatible server with the models `demo-echo` and `demo-slow` on a free port of 127.0.0.1. */
export async function startDemoModelServer(): Promise<DemoModelServer> {
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const call = `${request.method} ${request.url}`;
    if (call === 'GET /v1/models') sendJson(response, { object: 'list', data: DEMO_MODELS.map(toResource) });
    else if (call.startsWith('GET /v1/models/'))
      sendJson(response, toResource(requireModel(call.slice('GET /v1/models/'.length))));
    else if (call === 'POST /v1/chat/completions') await complete(request, response);
    else throw new SlipstreamError('unknown_url', `The demo model server does not answer ${call}.`);
  } catch (error) {
    if (response.destroyed || response.headersSent || error instanceof BodyIncompleteError) response.destroy();
    else sendOpenAiError(response, error, randomUUID());
  }
}

async function complete(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const left = new AbortController();
  response.once('close', () => left.abort());
  const scanner = new JsonScanner({ maxValues: MAX_VALUES });
  const body = await readBody(request, { maxBytes: MAX_BODY_BYTES, onChunk: (chunk) => scanner.feed(chunk) });
  if (scanner.end().type !== 'object')
    throw new SlipstreamError(
      'invalid_request',
      `The request body must be a JSON object of at most ${MAX_VALUES} values.`,
    );
  const chat = parseChat(body);
  const model = requireModel(chat.model);
  const question = chat.messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const completion = { model: model.id, question, tokens: model.answer(question, left.signal), signal: left.signal };
  if (chat.stream) await writeStream(response, completion, chat.stream_options?.include_usage === true);
  else await writeWhole(response, completion);
}

function parseChat(body: Buffer): z.infer<typeof chatRequest> {
  try {
    return chatRequest.parse(JSON.parse(body.toString('utf8')));
  } catch {
    throw new SlipstreamError('invalid_request', "The request body must be JSON with 'model' and 'messages'.");
  }
}

function requireModel(id: string): DemoModel {
  const model = DEMO_MODELS.find((one) => one.id === id);
  if (model) return model;
  throw new SlipstreamError('model_not_found', `The demo model server has no model '${id}'.`);
}

const toResource = ({ id }: DemoModel): object => ({ id, object: 'model', created: 0, owned_by: 'slipstream-demo' });

function sendJson(response: ServerResponse, value: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
