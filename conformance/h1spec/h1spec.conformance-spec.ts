import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type GatewayProcess } from '../gateway.js';
import { openRaw } from '../wire/raw-client.js';
import { startRawOrigin, type RawOrigin } from '../wire/raw-origin.js';
import { readResponses } from '../wire/strict-responses.js';
import { H1_CASES } from './h1spec.cases.js';

/** How long a server has for answering too early; h1spec's own. */
const TOO_EARLY_MS = 500;

describe('h1spec', () => {
  let origin: RawOrigin;
  let gateway: GatewayProcess;

  beforeAll(async () => {
    origin = await startRawOrigin();
    gateway = await startGateway([origin.url]);
  });
  afterAll(async () => {
    await gateway.stop();
    await origin.close();
  });

  it.concurrent.for(H1_CASES)('$name', async ({ bytes, expected }) => {
    const client = await openRaw(gateway.url);
    client.send(bytes);
    if ('rest' in expected) {
      await delay(TOO_EARLY_MS);
      expect([client.received(), client.ending()]).toEqual(['', 'open']);
      client.send(expected.rest);
    }
    const { statuses, closes, content } =
      'rest' in expected ? { statuses: [[200, 200]], closes: false, content: undefined } : expected;
    const read = () => readResponses(client.received(), [bytes.split(' ', 1)[0]!], client.ending());
    await client.until(
      (_, ending) => read().responses[0]?.isComplete === true && (!closes || ending !== 'open'),
      closes ? 'an answer and the end' : 'an answer',
    );

    const {
      responses: [response],
      rest,
    } = read();
    expect(
      statuses.some(([from, to]) => response!.status >= from! && response!.status <= to!),
      `status ${response!.status}`,
    ).toBe(true);
    if (content !== undefined && response!.status === 200) expect(response!.content).toBe(content);
    expect(rest).toBe('');
    client.close();
  });

  it('has all of the 33', () => {
    expect(new Set(H1_CASES.map(({ bytes }) => bytes)).size).toBe(33);
  });
});
