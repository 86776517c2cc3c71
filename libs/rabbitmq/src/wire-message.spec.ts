import { describe, expect, it } from 'vitest';
import { chatMessage } from './testing/messages.js';
import { deadLetter, decode, describeDeadLetter, encode, nextAttempt } from './wire-message.js';

describe('wire format', () => {
  it('reads what it writes', () => {
    const message = chatMessage(1, {
      requestId: 'r',
      traceparent: '00-a-b-01',
      deadline: new Date('2030-01-01T00:00:00.000Z'),
    });
    expect(decode(encode(message), true)).toEqual({
      ...message,
      lane: 'interactive',
      sentAt: expect.any(Date),
      attempt: 1,
      schemaVersion: 1,
      redelivered: true,
    });
  });

  it('counts attempts, and keeps the rest of our headers but none of the broker', () => {
    const wire = encode(chatMessage(1, { id: 'm', requestId: 'r' }));
    wire.properties.headers = { ...wire.properties.headers, 'x-death': [{ count: 1 }], 'x-delivery-count': 3 };
    const again = nextAttempt(nextAttempt(wire));
    expect(decode(again, false)).toMatchObject({ id: 'm', requestId: 'r', attempt: 3 });
    expect(Object.keys(again.properties.headers ?? {}).filter((name) => name.startsWith('x-'))).toEqual([]);
  });

  it.each([undefined, 'three', 0, -1, 1.5, Number.NaN])('takes an attempt header of %s for the first', (attempt) => {
    const wire = encode(chatMessage());
    wire.properties.headers = { 'slipstream-attempt': attempt, 'slipstream-deadline': 'never' };
    expect(decode(wire, false)).toMatchObject({ attempt: 1, schemaVersion: 1, deadline: undefined });
  });

  it('gives an id to a dead letter that came without', () => {
    const letter = deadLetter({ content: Buffer.from('?'), properties: { messageId: undefined, type: 7 } }, 'why');
    expect(letter.properties).toMatchObject({
      messageId: expect.stringMatching(/^[\da-f-]{36}$/),
      type: undefined,
      headers: { 'slipstream-dead-reason': 'why' },
    });
    expect(letter.content.toString()).toBe('?');
  });

  it('tells when a letter died that the broker itself laid aside, and of no time that there is not', () => {
    const diedAt = (value: unknown) =>
      describeDeadLetter({ content: Buffer.from('?'), properties: { headers: { 'x-death': [{ time: { value } }] } } })
        .deadAt;
    expect(diedAt(1_700_000_000)).toEqual(new Date('2023-11-14T22:13:20.000Z'));
    expect([2 ** 60, -(2 ** 60), '1700000000', undefined].map(diedAt)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each(['__proto__', 'constructor', 'toString'])('does not take %s for a type', (type) => {
    expect(() => decode({ content: Buffer.from('{}'), properties: { type } }, false)).toThrow(/unknown message type/);
  });
});
