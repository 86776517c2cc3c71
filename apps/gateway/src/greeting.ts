import { NATIVE_PREFIX } from './http/routes.js';

/** What the person who started it is told, with one request to try. */
export function greeting({ url, managementUrl, isDemo, hasKeys, isSelfSigned }: { url: string; managementUrl: string; isDemo: boolean; hasKeys: boolean; isSelfSigned: boolean }): string {
  const curl = isSelfSigned ? 'curl --insecure' : 'curl';
  const key = hasKeys ? ` -H 'authorization: Bearer YOUR-KEY'` : '';
  return `
Slipstream is ready.
  public      ${url}   native API under ${NATIVE_PREFIX}, OpenAI-compatible under /v1
  management  ${managementUrl}   /health/ready, /metrics, /docs
  models      ${isDemo ? 'demo-echo and demo-slow, built-in demo models (set LLM_BACKENDS to use real ones)' : 'from LLM_BACKENDS'}

Try:
${isDemo ? tryChat(curl, url, key) : `  ${curl} ${url}/v1/models${key}`}
`;
}

const tryChat = (curl: string, url: string, key: string): string =>
  `  ${curl} ${url}/v1/chat/completions${key} -H 'content-type: application/json' \\
    -d '{"model":"demo-echo","messages":[{"role":"user","content":"Hello"}]}'`;
