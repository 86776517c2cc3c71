import { isServiceLink, variableNames } from './environment.js';
import { configSchema } from './schema.js';
import { settingPaths } from './setting-names.js';
import { nearest } from './spelling.js';

/** What others call them, spelt too differently to be taken for a slip. */
const ELSEWHERE = new Map([
  ['MONGO_URL', 'MONGODB_URI'],
  ['AMQP_URL', 'RABBITMQ_URL'],
  ['RABBIT_URL', 'RABBITMQ_URL'],
]);
const SECTIONS = new Set(Object.keys(configSchema.shape).map((name) => name.toUpperCase()));
const readNames = (): string[] => ['SLIPSTREAM_CONFIG', ...variableNames()];

/**
 * Variables that nothing reads and that look meant for us, a line each, without their values. These are guesses:
 * Kubernetes puts variables of its own beside ours (`REDIS_PORT`, `GATEWAY_SERVICE_HOST`), and so do shells and other
 * programs. So they are for a warning, and no reason to refuse a configuration.
 */
export function unreadVariables(env: NodeJS.ProcessEnv = process.env): string[] {
  const read = readNames();
  return Object.entries(env).flatMap(([name, value]) => {
    if (!value || read.includes(name) || isServiceLink(name, value)) return [];
    const meant =
      ELSEWHERE.get(name) ?? nearest(name.replace(/^SLIPSTREAM_/i, ''), read, slips) ?? nearest(name, read, slips);
    if (meant) return [`${name}: there is no such variable; did you mean ${meant}?`];
    const setting = settingLike(name.replace(/^SLIPSTREAM_/, ''));
    return setting ? [`${name}: there is no such variable; set ${setting.join('.')} in slipstream.yaml`] : [];
  });
}

/** A short name is soon like another (HOME is no HOST). */
const slips = (word: string): number => (word.length < 8 ? 1 : 2);

/**
 * Looked for only where the first word is a section's: the names of all settings take long to find, and this is on the
 * way of every start.
 */
function settingLike(name: string): string[] | undefined {
  return SECTIONS.has(name.split('_', 1)[0]!) ? settingPaths().find((path) => variableLike(path) === name) : undefined;
}

/** `CHAT_LEASE_MS` for `chat.leaseMs`. */
const variableLike = (path: readonly string[]): string =>
  path.map((part) => part.replace(/[A-Z]/g, '_$&').toUpperCase()).join('_');
