import { NATIVE_PREFIX } from './http/routes.js';

/** Contents of a greeting. */
export interface Greeted {
  /** Of the public listener. */
  url: string;
  managementUrl: string;
  /** Number of entries of `web.backends`; a DNS name counts as one. */
  webBackends: number;
  webPreset?: string;
  /** Whether the built-in model answers. */
  isDemo: boolean;
  hasKeys: boolean;
  isSelfSigned: boolean;
}

/** Text for the user that started it, with an example request. */
export function greeting({
  url,
  managementUrl,
  webBackends,
  webPreset,
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
  web         ${webText(webBackends, webPreset)}
  models      ${isDemo ? DEMO_MODELS : 'of the configured model servers'}

Try:
${isDemo ? tryChat(curl, url, key) : `  ${curl} ${url}/v1/models${key}`}
`;
}

const DEMO_MODELS = 'demo-echo and demo-slow, built-in demo models (set LLM_BACKENDS to use real ones)';

function webText(backends: number, preset: string | undefined): string {
  if (backends === 0) return 'no web application (set WEB_BACKENDS to its backends)';
  return `${backends} configured, ${preset ? `preset ${preset}` : 'no preset (WEB_PRESET=open-webui for Open WebUI)'}`;
}

const tryChat = (curl: string, url: string, key: string): string =>
  `  ${curl} ${url}/v1/chat/completions${key} -H 'content-type: application/json' \\
    -d '{"model":"demo-echo","messages":[{"role":"user","content":"Hello"}]}'`;
