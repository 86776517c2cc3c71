import { expect, vi } from 'vitest';
import { request, type Answer } from './raw-request.js';

/** Requests until the stored answer has been replaced by a better one. */
export const improved = (url: string, headers: Record<string, string>): Promise<Answer> =>
  vi.waitFor(
    async () => {
      const answer = await request(url, headers);
      expect(answer.headers.etag).toContain('-slipstream.');
      return answer;
    },
    { timeout: 30_000, interval: 20 },
  );
