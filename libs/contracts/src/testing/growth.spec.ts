import { describe, expect, it } from 'vitest';
import { superLinearInput } from './growth.js';

/** Spends processor time. */
const spin = (ms: number): void => {
  const before = process.threadCpuUsage();
  for (let spentMs = 0; spentMs < ms;) {
    const { user, system } = process.threadCpuUsage(before);
    spentMs = (user + system) / 1000;
  }
};

describe('superLinearInput', () => {
  it('names an input on which a pattern starts again at each position', () =>
    expect(superLinearInput((text) => /a+!/.test(text.slice(text.length * 0.75)))).toMatch('"a" repeated, then "":'));

  it('finds none for a fast parser', () => expect(superLinearInput((text) => text.split(','))).toBeUndefined());

  it('finds none for a slow one whose work grows as its input', () =>
    expect(superLinearInput((text) => text.startsWith(';;;') && spin(text.length / 1000))).toBeUndefined());

  it('finds none for one that long inputs delay at first, as compilation does', () => {
    let delays = 3;
    expect(superLinearInput((text) => text.length > 20_000 && delays-- > 0 && spin(200))).toBeUndefined();
  });
});
