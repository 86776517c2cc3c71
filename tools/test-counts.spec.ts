import { describe, expect, it } from 'vitest';
import { countStep, countVitest, sum } from './test-counts.mjs';

const report = { passed: 5, failed: 0, skipped: 0, failures: [] };

describe('countVitest', () => {
  it.each([
    { when: 'all passed', of: report, exitCode: 0, skipsAllowed: false, passed: 5, failed: 0 },
    {
      when: 'two failed',
      of: { ...report, failed: 2 },
      exitCode: 1,
      skipsAllowed: false,
      passed: 5,
      failed: 2,
    },
    {
      when: 'two were skipped or a todo',
      of: { ...report, skipped: 2 },
      exitCode: 0,
      skipsAllowed: false,
      passed: 5,
      failed: 2,
    },
    {
      when: 'a filter left one out',
      of: { ...report, skipped: 1 },
      exitCode: 0,
      skipsAllowed: true,
      passed: 5,
      failed: 0,
    },
    { when: 'a file could not be loaded', of: report, exitCode: 1, skipsAllowed: false, passed: 5, failed: 1 },
    { when: 'it ended before its report', of: undefined, exitCode: 1, skipsAllowed: false, passed: 0, failed: 1 },
    { when: 'there was nothing to do', of: undefined, exitCode: 0, skipsAllowed: true, passed: 0, failed: 0 },
  ])('is $passed passed, $failed failed when $when', ({ of, exitCode, skipsAllowed, passed, failed }) => {
    expect(countVitest(of, { exitCode, skipsAllowed })).toMatchObject({ passed, failed });
  });
});

describe('sum', () => {
  it('adds steps that fail as a whole', () => {
    expect(sum([{ passed: 5, failed: 1 }, countStep(0), countStep(2)])).toEqual({ passed: 5, failed: 2 });
  });
});
