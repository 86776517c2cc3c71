import { isServiceLink, variableNames } from './environment.js';
import { configSchema } from './schema.js';
import { settingPaths } from './setting-names.js';
import { nearest } from './spelling.js';

/** Names that other programs use, too different from ours to count as misspelled. */
const ELSEWHERE = new Map([
  ['MONGO_URL', 'MONGODB_URI'],
  ['AMQP_URL', 'RABBITMQ_URL'],
  ['RABBIT_URL', 'RABBITMQ_URL'],
]);
/** Names of other programs that resemble ours. */
const FOREIGN = new Set(['SSL_CERT_FILE', 'SSL_CERT_DIR']);
const SECTIONS = new Set(Object.keys(configSchema.shape).map((name) => name.toUpperCase()));
const readNames = (): string[] => ['SLIPSTREAM_CONFIG', ...variableNames()];

/**
 * Returns a warning for each unread variable whose name resembles a setting, without its value. The warnings are
 * guesses: Kubernetes, shells and other programs set similar variables (`REDIS_PORT`, `GATEWAY_SERVICE_HOST`). A
 * guess must not prevent the start.
 */
export function unreadVariables(env: NodeJS.ProcessEnv = process.env): string[] {
  const read = readNames();
  return Object.entries(env).flatMap(([name, value]) => {
    if (!value || read.includes(name) || FOREIGN.has(name) || isServiceLink(name, value)) return [];
    const meant =
      ELSEWHERE.get(name) ?? nearest(name.replace(/^SLIPSTREAM_/i, ''), read, slips) ?? nearest(name, read, slips);
    if (meant) return [`${name}: is not a variable of Slipstream; did you mean ${meant}?`];
    const setting = settingLike(name.replace(/^SLIPSTREAM_/, ''));
    return setting ? [`${name}: is not a variable of Slipstream; set ${setting.join('.')} in slipstream.yaml`] : [];
  });
}

/** Short names resemble each other by chance: HOME is not a misspelled HOST. */
const slips = (word: string): number => (word.length < 8 ? 1 : 2);

/**
 * Only variables that begin with the name of a section are looked up: listing all settings is slow, and this runs at
 * every start.
 */
function settingLike(name: string): string[] | undefined {
  return SECTIONS.has(name.split('_', 1)[0]!) ? settingPaths().find((path) => variableLike(path) === name) : undefined;
}

/** `CHAT_LEASE_MS` for `chat.leaseMs`. */
const variableLike = (path: readonly string[]): string =>
  path.map((part) => part.replace(/[A-Z]/g, '_$&').toUpperCase()).join('_');
