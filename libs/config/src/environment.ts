import { settingsJsonSchema } from './json-schema.js';

export interface Variable {
  name: string;
  path: readonly string[];
  /** How its text is read. Default: as it is. */
  read?: (text: string) => unknown;
  /** The variable that it belongs to, whose value it completes. */
  with?: string;
}

/** Environment variables, each with the path of its setting and the parser of its text. */
export const ENVIRONMENT: readonly Variable[] = [
  { name: 'HOST', path: ['listen', 'host'] },
  { name: 'PORT', path: ['listen', 'port'], read: digits },
  { name: 'PROCESSES', path: ['processes'], read: digits },
  { name: 'TLS_CERT_FILE', path: ['listen', 'tls', 'certFile'] },
  { name: 'TLS_KEY_FILE', path: ['listen', 'tls', 'keyFile'] },
  { name: 'TLS_SELF_SIGNED', path: ['listen', 'tls', 'selfSigned'], read: trueOrFalse },
  { name: 'TRUSTED_PEERS', path: ['listen', 'trustedPeers'], read: listed },
  { name: 'MANAGEMENT_HOST', path: ['management', 'host'] },
  { name: 'MANAGEMENT_PORT', path: ['management', 'port'], read: digits },
  { name: 'REDIS_URL', path: ['redis', 'url'] },
  { name: 'RABBITMQ_URL', path: ['rabbitmq', 'url'] },
  { name: 'MONGODB_URI', path: ['mongodb', 'uri'] },
  { name: 'LLM_BACKENDS', path: ['llm', 'backends'], read: backendList },
  { name: 'LLM_API_KEYS', path: ['llm', 'backends[]', 'apiKey'], with: 'LLM_BACKENDS' },
  { name: 'WEB_BACKENDS', path: ['web', 'backends'], read: backendList },
  { name: 'WEB_PRESET', path: ['web', 'preset'] },
  { name: 'DOCUMENTS_VECTORS_URL', path: ['documents', 'vectorsUrl'] },
  { name: 'DOCUMENTS_SEARCH_URL', path: ['documents', 'searchUrl'] },
  { name: 'DOCUMENTS_EMBEDDING_MODEL', path: ['documents', 'embeddingModel'] },
  { name: 'DOCUMENTS_EXTRACTOR_PROTOCOL', path: ['documents', 'extractors', 'external', 'protocol'] },
  { name: 'DOCUMENTS_EXTRACTOR_URL', path: ['documents', 'extractors', 'external', 'url'] },
  { name: 'DOCUMENTS_EXTRACTOR_API_KEY', path: ['documents', 'extractors', 'external', 'apiKey'] },
  { name: 'LOG_LEVEL', path: ['log', 'level'] },
  { name: 'LOG_ACCESS', path: ['log', 'access'] },
  { name: 'LOG_SLOW_MS', path: ['log', 'slowMs'], read: digits },
  { name: 'TRACING_ENDPOINT', path: ['tracing', 'endpoint'] },
  { name: 'TRACING_AUTHORIZATION', path: ['tracing', 'authorization'] },
  { name: 'TRACING_SAMPLE_RATIO', path: ['tracing', 'sampleRatio'], read: decimal },
  { name: 'TRACING_QUEUE_MAX_SPANS', path: ['tracing', 'queueMaxSpans'], read: digits },
];

/** Returns the name of the variable with the path of a secret's file. */
export const secretFileVariable = (name: string): string => `${name}_FILE`;

/** Whether the variable's value is a secret, which may stand in a file. */
export function isSecret({ path }: Variable): boolean {
  let node = settingsJsonSchema();
  for (const part of path) {
    node = node.properties?.[part.replace('[]', '')] ?? {};
    if (part.endsWith('[]')) node = node.items ?? {};
  }
  return node.writeOnly === true;
}

/** Names of all variables that are read. */
export const variableNames = (): string[] =>
  ENVIRONMENT.flatMap((variable) =>
    isSecret(variable) ? [variable.name, secretFileVariable(variable.name)] : [variable.name],
  );

/**
 * Whether Kubernetes or Docker set the variable for a service. For a service named management they set
 * MANAGEMENT_PORT to `tcp://10.0.0.1:9901`.
 */
export const isServiceLink = (name: string, value: string): boolean =>
  name.endsWith('_PORT') && /^(?:tcp|udp|sctp):\/\//.test(value);

/** Returns decimal digits as a number. Any other text stays text, which the schema rejects. */
export function digits(text: string): number | string {
  return /^-?\d+$/.test(text) ? Number(text) : text;
}

/** Returns a decimal number as a number. Any other text stays text, which the schema rejects. */
function decimal(text: string): number | string {
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}

/** Returns `true` and `false` as a boolean. Any other text stays text, which the schema rejects. */
export function trueOrFalse(text: string): boolean | string {
  return text === 'true' ? true : text === 'false' ? false : text;
}

/** A comma-separated list. */
function listed(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** A comma-separated list of base URLs. */
function backendList(text: string): { url: string }[] {
  return listed(text).map((url) => ({ url }));
}

/** Returns the name of the variable that set a setting, if a variable did. */
export function variableOf(path: readonly PropertyKey[], env: NodeJS.ProcessEnv): string | undefined {
  const { name } =
    ENVIRONMENT.find(
      (variable) =>
        (env[variable.name] || env[secretFileVariable(variable.name)]) &&
        variable.path.every((part, index) => path[index] === part),
    ) ?? {};
  return name === undefined || env[name] ? name : secretFileVariable(name);
}
