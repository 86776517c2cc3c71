import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { createParser } from 'eventsource-parser';

const SILENCE_MS = 30_000;
const agent = new Agent({ keepAlive: true });

/**
 * Sends a request over a kept connection, if there is one.
 * @param {string} method
 * @param {string} url
 * @param {unknown} [body] sent as JSON
 * @returns {Promise<import('node:http').IncomingMessage>} the answer, its body still to come
 * @throws {Error} for a status other than 2xx, and after 30 s of silence
 */
export async function send(method, url, body) {
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers =
    body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  const outgoing = request(url, { method, agent, headers });
  outgoing.setTimeout(SILENCE_MS, () => outgoing.destroy(new Error(`${method} ${url}: silent for ${SILENCE_MS} ms`)));
  outgoing.end(text);
  const [response] = await once(outgoing, 'response');
  if (response.statusCode < 200 || response.statusCode > 299)
    throw new Error(`${method} ${url}: ${response.statusCode} ${await textOf(response)}`);
  return response;
}

/** Sends JSON and reads the JSON that comes back. */
export async function postJson(url, body) {
  return JSON.parse(await textOf(await send('POST', url, body)));
}

/** @param {AsyncIterable<Buffer>} stream */
export async function textOf(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/**
 * The server-sent events of an answer.
 * @param {import('node:http').IncomingMessage} response
 * @returns {AsyncGenerator<{event?: string, data: string}>}
 */
export async function* eventsOf(response) {
  const parsed = [];
  const parser = createParser({ onEvent: (event) => parsed.push(event) });
  for await (const text of response.setEncoding('utf8')) {
    parser.feed(text);
    yield* parsed.splice(0);
  }
}
