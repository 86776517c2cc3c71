import { wrkVersion } from '../../proxy/requests/wrk.mjs';
import { nginxVersion } from '../../proxy/ways/nginx.mjs';
import { measureBesideNginx } from '../beside-nginx.mjs';
import { responsesSection, responsesVerdicts } from './responses.report.mjs';

const BODY = '{"status":true,"name":"bench"}';

/**
 * One answer that may be shared for an hour: after the first request no pod is asked.
 * @type {import('../../proxy/part.mjs').Part<import('../../proxy/requests/rounds.mjs').Measured[]>}
 */
export const responsesPart = {
  name: 'responses',
  peers: async () => [await nginxVersion(), await wrkVersion()],
  measure: (context) => measureBesideNginx({ name: 'responses', body: BODY }, context),
  verdicts: responsesVerdicts,
  section: responsesSection,
};
