import type { Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startGateway, type GatewayProcess } from '../gateway.js';
import { valuesOf } from '../wire/message-fields.js';
import { openRaw } from '../wire/raw-client.js';
import { startRawOrigin, type RawOrigin } from '../wire/raw-origin.js';
import { readResponses, type ResponseReading } from '../wire/strict-responses.js';
import { ANSWER_FRAMING_CASES } from './answer-framing.cases.js';
import { ANSWER_HEAD_CASES } from './answer-heads.cases.js';
import { expectOwnAnswer } from './own-answer.js';
import type { ResponseCase, WholeAnswer } from './response-case.js';

/** Short, for what a silent backend comes to. */
const DEADLINE = { headersTimeoutMs: 1000, idleTimeoutMs: 1000 };

/** Somebody else's requests after each case, so that every connection that was kept is used again. */
const OTHERS = 3;

describe('answers that try to be more or less than they are', () => {
  let origin: RawOrigin;
  let gateway: GatewayProcess;

  beforeAll(async () => {
    origin = await startRawOrigin();
    gateway = await startGateway([origin.url], {
      ...DEADLINE,
      health: { intervalMs: 100, healthyThreshold: 1 },
      outliers: { consecutiveErrors: 0, errorRatio: 0 },
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await origin.close();
  });
  // what a case has broken is not the next one's fault
  beforeEach(() => vi.waitFor(() => expectOwnAnswer(gateway.url)));

  describe.for(['HTTP/1.1', 'HTTP/1.0'])('to a client of %s', (version) => {
    describe.for([
      ['ends', ANSWER_FRAMING_CASES],
      ['heads', ANSWER_HEAD_CASES],
    ] as const)('%s', ([, cases]) => {
      it.for(cases.map((tried) => [`${tried.name} (${tried.rule})`, tried] as const))(
        '%s',
        async ([, tried], { onTestFinished }) => {
          const { method = 'GET', mayBreak = false, whole } = tried;
          origin.answerTo('/case', (_, connection) => perform(tried, connection));
          const client = await openRaw(gateway.url);
          onTestFinished(client.close);
          client.send(`${method} /case ${version}\r\nHost: a.example\r\n\r\n`);
          const read = () => readResponses(client.received(), [method], client.ending());
          await client.until(
            (_, ending) => ending !== 'open' || read().responses[0]?.isComplete === true,
            'an answer or an end',
          );
          const reading = read();
          if (isVisiblyBroken(reading)) expect(mayBreak, `a good answer was broken: ${client.received()}`).toBe(true);
          else expectWhole(reading, whole);
          for (let other = 0; other < OTHERS; other += 1) await expectOwnAnswer(gateway.url);
          expect(read().rest, 'came behind the answer').toBe(reading.rest);
        },
      );
    });
  });
});

function perform({ answer, then = 'keep' }: ResponseCase, connection: Socket): void {
  if (typeof answer === 'function') return answer(connection);
  connection.write(answer, 'latin1', () => {
    if (then === 'finish') connection.end();
    if (then === 'reset') connection.resetAndDestroy();
  });
}

/** Whether no client could take this for the answer. */
const isVisiblyBroken = ({ responses: [response] }: ResponseReading): boolean =>
  !response?.isComplete || response.status === 502 || response.status === 504;

function expectWhole({ responses, rest, fault }: ResponseReading, whole: WholeAnswer | undefined): void {
  expect([fault, rest]).toEqual([undefined, '']);
  expect(whole, `passed on as ${JSON.stringify(responses)}`).toBeDefined();
  const { fields = {}, ...parts } = whole!;
  expect(responses).toMatchObject([parts]);
  for (const [name, value] of Object.entries(fields))
    expect(valuesOf(responses[0]!.fields, name), name).toEqual(value === null ? [] : [value]);
}
