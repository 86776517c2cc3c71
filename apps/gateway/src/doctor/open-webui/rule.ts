import type { Finding } from '../finding.js';
import type { Pod } from './pods.js';

/** Facts about all Open WebUI pods of a deployment. */
export interface OpenWebui {
  readonly pods: readonly Pod[];
  readonly replicas: number;
  readonly hasStickiness: boolean;
}

/** Returns a finding if a setting is wrong. */
export type Rule = (webui: OpenWebui) => Finding | undefined;
