import { setTimeout as delay } from 'node:timers/promises';
import type { BackendStatus } from '@slipstream/balancer';
import { NATIVE_PREFIX } from './http/routes.js';

/** A backend as the greeting shows it. */
export type GreetedBackend = Pick<BackendStatus, 'url' | 'state' | 'reason'>;

/** Contents of a greeting. */
export interface Greeted {
  /** Of the public listener. */
  url: string;
  managementUrl: string;
  /** Of the web pool. Absent: no web application is configured. */
  web?: readonly GreetedBackend[];
  webPreset?: string;
  models: readonly GreetedBackend[];
  /** Whether the built-in model answers. */
  isDemo: boolean;
  hasKeys: boolean;
  isSelfSigned: boolean;
}

/** Text for the user that started it, with an example request. */
export function greeting({
  url,
  managementUrl,
  web,
  webPreset,
  models,
  isDemo,
  hasKeys,
  isSelfSigned,
}: Greeted): string {
  const curl = isSelfSigned ? 'curl --insecure' : 'curl';
  const key = hasKeys ? ` -H 'authorization: Bearer YOUR-KEY'` : '';
  return `
Slipstream is ready.
  public      ${url}   native API under ${NATIVE_PREFIX}, OpenAI-compatible under /v1
  management  ${managementUrl}   /health/ready, /metrics, /admin, /docs
  web         ${webText(web, webPreset)}
  models      ${isDemo ? DEMO_MODELS : `${healthOf(models)} of the configured model servers${problemsOf(models)}`}

Try:
${isDemo ? tryChat(curl, url, key) : `  ${curl} ${url}/v1/models${key}`}
`;
}

const DEMO_MODELS = 'demo-echo and demo-slow, built-in demo models (set LLM_BACKENDS to use real ones)';

function webText(backends: readonly GreetedBackend[] | undefined, preset: string | undefined): string {
  if (!backends) return 'no web application (set WEB_BACKENDS to its backends)';
  const presetText = preset ? `preset ${preset}` : 'no preset (WEB_PRESET=open-webui for Open WebUI)';
  return `${healthOf(backends)}, ${presetText}${problemsOf(backends)}`;
}

const isHealthy = ({ state }: GreetedBackend): boolean => state === 'healthy' || state === 'recovering';
const healthOf = (backends: readonly GreetedBackend[]): string =>
  `${backends.filter(isHealthy).length} of ${backends.length} healthy`;

/** Largest number of unhealthy backends that the greeting names. */
const MAX_PROBLEMS = 3;

const problemsOf = (backends: readonly GreetedBackend[]): string =>
  backends
    .filter((backend) => !isHealthy(backend))
    .slice(0, MAX_PROBLEMS)
    .map(({ url, state, reason }) => `\n              ${url} is ${state}${reason ? `: ${reason}` : ''}`)
    .join('');

const tryChat = (curl: string, url: string, key: string): string =>
  `  ${curl} ${url}/v1/chat/completions${key} -H 'content-type: application/json' \\
    -d '{"model":"demo-echo","messages":[{"role":"user","content":"Hello"}]}'`;

/** A health check takes no longer by default. */
const FIRST_CHECKS_MS = 6_000;
const POLL_MS = 50;

/** A pool whose backends are greeted. */
export interface GreetedPool {
  backends(): readonly GreetedBackend[];
}

/** @returns makes the greeting once each backend has been checked, so that it counts the healthy ones */
export const greeter =
  (about: Omit<Greeted, 'managementUrl' | 'web' | 'models'>, models: GreetedPool, web?: GreetedPool) =>
  async (managementUrl: string): Promise<string> => {
    const pools = web ? [web, models] : [models];
    const isOpen = (): boolean => pools.some((pool) => pool.backends().some(({ state }) => state === 'unproven'));
    for (const until = performance.now() + FIRST_CHECKS_MS; isOpen() && performance.now() < until;)
      await delay(POLL_MS);
    return greeting({ ...about, managementUrl, web: web?.backends(), models: models.backends() });
  };
