import { randomBytes } from 'node:crypto';
import { wrkVersion } from '../../proxy/requests/wrk.mjs';
import { nginxVersion } from '../../proxy/ways/nginx.mjs';
import { measureBesideNginx } from '../beside-nginx.mjs';
import { responsesSection, responsesVerdicts } from '../responses/responses.report.mjs';

/** Size of Open WebUI's largest script, 1.1 MB, in Brotli. */
const BYTES = 330_000;
const HITS = 'hits of a script of 1.1 MB';
const TEXTS = {
  title: 'Hits of a script of 1.1 MB',
  introduction: `The ${BYTES.toLocaleString('en')} bytes that it has in Brotli, the same for both
ways, from one process on one core, 64 connections from another core.`,
};

/**
 * A large file whose compressed form is stored: the cost is that of writing it.
 * @type {import('../../proxy/part.mjs').Part<import('../../proxy/requests/rounds.mjs').Measured[]>}
 */
export const scriptPart = {
  name: 'script',
  peers: async () => [await nginxVersion(), await wrkVersion()],
  measure: (context) =>
    measureBesideNginx({ name: 'script', body: randomBytes(BYTES).toString('base64').slice(0, BYTES) }, context),
  verdicts: (measured) => responsesVerdicts(measured, HITS),
  section: (measured) => responsesSection(measured, TEXTS),
};
