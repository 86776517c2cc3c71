import { expect, it } from 'vitest';
import { FakeWaiting } from '../testing/waiting.js';
import { BodyBudget } from './body-budget.js';
import { HeldBodies } from './held-bodies.js';
import { sendAnswer } from './send-answer.js';

it('gives a whole answer, with what the proxy adds', async () => {
  const { client, response, told } = new FakeWaiting();
  sendAnswer(
    { statusCode: 200, headers: ['X', '1'], body: Buffer.from('a') },
    client,
    new HeldBodies(new BodyBudget(1_000)),
  );
  await response.ended;
  expect(response).toMatchObject({ statusCode: 200, headers: ['X', '1', 'X-Request-Id', '1'], text: 'a' });
  expect(told).toEqual(['head 200 shared', 'done']);
});

it('tells the client of an answer that it can’t be sent, and nobody else', () => {
  const { client, told } = new FakeWaiting();
  sendAnswer({ statusCode: 200, headers: ['X', 'can’t be sent'] }, client, new HeldBodies(new BodyBudget(1_000)));
  expect(told).toEqual(['head 200 shared', expect.stringMatching(/^failed: /)]);
});
