import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startGateway, type GatewayProcess } from '../gateway.js';
import { valuesOf } from '../wire/message-fields.js';
import { openRaw, type RawClient } from '../wire/raw-client.js';
import { startRawOrigin, type RawOrigin } from '../wire/raw-origin.js';
import type { WireRequest } from '../wire/strict-requests.js';
import { readResponses, type ResponseReading } from '../wire/strict-responses.js';
import { CHUNK_CASES } from './chunks.cases.js';
import { CONNECTION_CASES } from './connection-fields.cases.js';
import { FRAMING_CASES } from './framing.cases.js';
import { LINE_CASES } from './lines.cases.js';
import { expectOwnAnswer, OWN_PREFIX } from './own-answer.js';
import { BEHIND, BEHIND_TARGET, CUT, type Expectation } from './request-case.js';
import { TARGET_CASES } from './targets.cases.js';

describe('requests that try to be read in two ways', () => {
  let origin: RawOrigin;
  let gateway: GatewayProcess;

  beforeAll(async () => {
    origin = await startRawOrigin();
    gateway = await startGateway([origin.url], { health: { intervalMs: 100, healthyThreshold: 1 } });
  });
  // what a case has broken is not the next one's fault
  beforeEach(() => vi.waitFor(() => expectOwnAnswer(gateway.url)));
  afterAll(async () => {
    await gateway.stop();
    await origin.close();
  });

  describe.for([
    ['content and its delimiters', FRAMING_CASES],
    ['chunks', CHUNK_CASES],
    ['lines', LINE_CASES],
    ['targets and hosts', TARGET_CASES],
    ['fields of one connection', CONNECTION_CASES],
  ] as const)('%s', ([, cases]) => {
    it.for(cases.map((tried) => [`${tried.name} (${tried.rule})`, tried] as const))(
      '%s',
      async ([, { bytes, expected }], { onTestFinished }) => {
        origin.forget();
        const client = await openRaw(gateway.url);
        onTestFinished(client.close);
        client.send(bytes + BEHIND);
        const answers = await answersTo(bytes, client);
        client.close();
        await expectOwnAnswer(gateway.url);

        expect(
          origin.readings().flatMap(({ fault }) => fault ?? []),
          'readable in two ways',
        ).toEqual([]);
        const seen = origin.requests().filter(({ target }) => !target.startsWith(OWN_PREFIX));
        if (seen.length === 0) expectRefusal(answers, expected);
        else expectForwarding(seen, answers, expected);
      },
    );
  });
});

/** Waits until both requests are answered, or the connection ends. */
async function answersTo(bytes: string, client: RawClient): Promise<ResponseReading> {
  const method = bytes.trimStart().split(' ', 1)[0]!;
  const read = () => readResponses(client.received(), [method, 'GET'], client.ending());
  await client.until((_, ending) => ending !== 'open' || read().responses.length === 2, 'both answers, or an end');
  return read();
}

function expectRefusal({ responses, rest, fault }: ResponseReading, { refused }: Expectation): void {
  expect([fault, rest]).toEqual([undefined, '']);
  expect(responses.length, 'one refusal, and nothing behind').toBeLessThan(2);
  expect(refused ?? [], 'status of the refusal').toContain(responses[0]?.isComplete ? responses[0].status : CUT);
}

function expectForwarding(
  seen: readonly WireRequest[],
  { responses, rest, fault }: ResponseReading,
  { forwarded }: Expectation,
): void {
  const [request, ...more] = seen.filter(({ target }) => target !== BEHIND_TARGET);
  expect(request, `answered ${responses[0]?.status}, and then served what is behind`).toBeDefined();
  expect(forwarded, `forwarded as ${JSON.stringify(request)}`).toBeDefined();
  expect(more, 'requests that nobody sent').toEqual([]);
  const { fields = {}, ...parts } = forwarded!;
  expect(request).toMatchObject(parts);
  for (const [name, value] of Object.entries(fields)) {
    expect(valuesOf(request!.fields, name), name).toEqual(
      value === null ? [] : [value instanceof RegExp ? expect.stringMatching(value) : value],
    );
  }
  expect([fault, rest]).toEqual([undefined, '']);
  expect(responses.map(({ status }) => status)).toEqual(seen.map(() => 200));
}
