import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { sentFile } from './upload-body.js';

const TYPE = 'multipart/form-data; boundary=x';
const MIB = 1024 ** 2;

/** A request with this body. */
function requestOf(body: Iterable<string> | AsyncIterable<string>, contentType = TYPE): IncomingMessage {
  const request = Readable.from(body) as unknown as IncomingMessage;
  request.headers = { 'content-type': contentType };
  request.complete = false;
  request.once('end', () => (request.complete = true));
  return request;
}

const part = (head: string, body: string): string => `--x\r\n${head}\r\n\r\n${body}\r\n`;
const file = (body: string, name = 'a.txt'): string =>
  part(`content-disposition: form-data; name="file"; filename="${name}"`, body);
const END = '--x--\r\n';

it('is the first file, whatever stands beside it', async () => {
  const field = part('content-disposition: form-data; name="note"', 'n');
  const sent = await sentFile(requestOf([field, file('one'), file('two'), END]), undefined);
  expect([sent.name, await text(sent.content)]).toEqual(['a.txt', 'one']);
});

it.each([
  ['more fields than it may', [part('content-disposition: form-data; name="a"', '1').repeat(50), END]],
  ['no file', [part('content-disposition: form-data; name="a"', '1'), END]],
  ['an end within the head of a part', ['--x\r\ncontent-disposition: form-data; name="f"; filename="a"']],
])('refuses a body with %s before a file', async (_, body) => {
  await expect(sentFile(requestOf(body), undefined)).rejects.toMatchObject({ code: 'bad_request' });
});

/** Endless text, and how much of it was taken. */
function endless(first: string): { body: AsyncIterable<string>; taken: () => number } {
  let taken = 0;
  async function* body(): AsyncGenerator<string> {
    yield first;
    for (; taken < 200; taken += 1) yield 'a'.repeat(MIB);
  }
  return { body: body(), taken: () => taken };
}

it.each([
  ['text before its first part', ''],
  ['the head of a part', '--x\r\ncontent-disposition: form-data; name="'],
  ['a field', '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n'],
])('refuses endless %s after a few megabytes', async (_, first) => {
  const { body, taken } = endless(first);
  await expect(sentFile(requestOf(body), undefined)).rejects.toMatchObject({ code: 'bad_request' });
  expect(taken()).toBeLessThan(10);
});
