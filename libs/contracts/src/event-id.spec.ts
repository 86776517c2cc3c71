import { describe, expect, it } from 'vitest';
import { compareEventIds, formatEventId, parseEventId } from './event-id.js';

describe('event ids', () => {
  it('read back what they wrote', () =>
    expect(parseEventId(formatEventId({ fence: 3, sequence: 14 }))).toEqual({ fence: 3, sequence: 14 }));

  it.each(['', '3', '3-', '-3', '3-x', '3-1-1', ' 3-1', '3.5-1', '1'.repeat(16) + '-1', '%00'])('%j is none', (text) =>
    expect(parseEventId(text)).toBeUndefined(),
  );

  it('are ordered by claim, then by place, as numbers', () => {
    const inOrder = ['1-2', '1-10', '2-1', '10-1'].map((text) => parseEventId(text)!);
    expect(inOrder.toReversed().sort(compareEventIds)).toEqual(inOrder);
  });
});
