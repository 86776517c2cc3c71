import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Backlog } from './backlog.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function backlogOf(open: number) {
  const countOpen = vi.fn(async (_limit: number) => open);
  return { countOpen, sut: new Backlog({ countOpen }, { max: 10, what: 'generations', setting: 'chat.maxOpenJobs' }) };
}

const FULL = { code: 'queue_full', isRetryable: true, retryAfterSeconds: 10 };

describe('Backlog', () => {
  it.each([
    ['interactive', 9, true],
    ['interactive', 10, false],
    ['background', 4, true],
    ['background', 5, false],
  ] as const)('with an %s message and %i open jobs of 10 says %s', async (lane, open, isAdmitted) => {
    const admitted = backlogOf(open).sut.admit(lane);
    if (isAdmitted) await admitted;
    else await expect(admitted).rejects.toMatchObject(FULL);
  });

  it('counts in what it has admitted since it counted', async () => {
    const { sut, countOpen } = backlogOf(8);
    await Promise.all([sut.admit(), sut.admit()]);
    await expect(sut.admit()).rejects.toMatchObject(FULL);
    expect(countOpen).toHaveBeenCalledOnce();
    expect(countOpen).toHaveBeenCalledWith(10);
  });

  it('admits several together, or none of them', async () => {
    const { sut } = backlogOf(7);
    await expect(sut.admit('interactive', 4)).rejects.toMatchObject(FULL);
    await sut.admit('interactive', 3);
    await expect(sut.admit()).rejects.toMatchObject(FULL);
  });

  it('counts again after a second, and opens when there is room', async () => {
    const { sut, countOpen } = backlogOf(10);
    await expect(sut.admit()).rejects.toMatchObject(FULL);
    countOpen.mockResolvedValue(3);
    vi.advanceTimersByTime(1000);
    await expect(sut.admit()).rejects.toMatchObject(FULL);
    vi.advanceTimersByTime(1);
    await sut.admit();
  });

  it('says that the database is away, and asks again', async () => {
    const { sut, countOpen } = backlogOf(0);
    countOpen.mockRejectedValueOnce(new Error('away'));
    await expect(sut.admit()).rejects.toThrow('away');
    await sut.admit();
  });
});
