import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { SlipstreamError } from '@slipstream/contracts';
import type { SearchSecretStore } from '@slipstream/documents';

/** Accepts requests with the deployment's secret. @throws SlipstreamError `key_unknown` */
export const requireSearchSecret =
  (secrets: Pick<SearchSecretStore, 'get'>) =>
  async ({ headers }: IncomingMessage): Promise<void> => {
    const expected = Buffer.from(`Bearer ${await secrets.get()}`);
    const shown = Buffer.from(headers.authorization ?? '');
    if (shown.length !== expected.length || !timingSafeEqual(shown, expected)) throw new SlipstreamError('key_unknown');
  };
