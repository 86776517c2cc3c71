import { ok, type Finding } from '../finding.js';
import { loadRules } from './load-rules.js';
import type { Pod } from './pods.js';
import { replicaRules } from './replica-rules.js';

/** Checks the settings of Open WebUI; with several replicas also what they must share. */
export function openWebuiFindings(pods: readonly Pod[], hasStickiness: boolean): Finding[] {
  const webui = { pods, replicas: pods.reduce((sum, { replicas }) => sum + replicas, 0), hasStickiness };
  const rules = webui.replicas > 1 ? [...replicaRules, ...loadRules] : loadRules;
  const found = rules.map((rule) => rule(webui)).filter((finding) => finding !== undefined);
  return [ok('open-webui', `${webui.replicas} replicas, ${rules.length} rules`), ...found];
}
