import { ConfigError } from './config-error.js';
import { readConfigFile } from './config-file.js';
import { ENVIRONMENT, isServiceLink } from './environment.js';
import { exposureMistakes, hasPublicListener } from './exposure.js';
import { mistakesOf } from './mistakes.js';
import { presetOf } from './presets.js';
import { configSchema, exposureSchema, type Settings } from './schema.js';
import { defaultsOf, type ServiceName } from './service-defaults.js';
import { caFileMistakes, tlsFileMistakes } from './tls-files.js';
import { unreadVariables } from './unread-variables.js';
import { inWords } from './words.js';

/** The configuration of one process, frozen all the way down. */
export type Config = DeepReadonly<Settings & { service: ServiceName }>;
type DeepReadonly<T> = T extends (infer E)[]
  ? readonly DeepReadonly<E>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

export interface LoadOptions {
  service: ServiceName;
  /** Default: the process's environment. */
  env?: NodeJS.ProcessEnv;
  /** Where `slipstream.yaml` is looked for. Default: the current directory. */
  cwd?: string;
}

/**
 * Reads the file, lays the environment over it, and checks everything.
 * @throws ConfigError that names every mistake at once
 */
export async function loadConfig({ service, env = process.env, cwd = process.cwd() }: LoadOptions): Promise<Config> {
  const fromFile = await readConfigFile(env.SLIPSTREAM_CONFIG || undefined, cwd);
  const given = overlay(fromFile, fromEnvironment(env));
  const merged = [defaultsOf(service), presetOf(given), given].reduce(overlay);
  const parsed = configSchema.safeParse(merged, { error: inWords });
  const exposure = exposureSchema.safeParse(merged);
  const contradictions = exposure.success ? exposureMistakes(service, exposure.data) : [];
  if (exposure.success && hasPublicListener(service))
    contradictions.push(...(await tlsFileMistakes(exposure.data.listen.tls)));
  if (parsed.success) contradictions.push(...(await authorityMistakes(service, parsed.data)));
  if (!parsed.success)
    throw new ConfigError([...mistakesOf(parsed.error.issues, env), ...contradictions, ...unreadVariables(env)]);
  if (contradictions.length > 0) throw new ConfigError([...contradictions, ...unreadVariables(env)]);
  return deepFreeze({ service, ...parsed.data }) as Config;
}

/** A service that asks no backends of a pool need not have its files. */
async function authorityMistakes(service: ServiceName, { web, llm }: Settings): Promise<string[]> {
  const isProxy = hasPublicListener(service);
  const both = await Promise.all([
    isProxy ? caFileMistakes('web.tls.caFile', web.tls.caFile) : [],
    isProxy || service === 'chat-worker' ? caFileMistakes('llm.tls.caFile', llm.tls.caFile) : [],
  ]);
  return both.flat();
}

function fromEnvironment(env: NodeJS.ProcessEnv): object {
  return ENVIRONMENT.reduce((settings: object, { name, path, read = (text) => text }) => {
    const text = env[name];
    if (!text || isServiceLink(name, text)) return settings;
    return overlay(settings, path.reduceRight<unknown>((value, part) => ({ [part]: value }), read(text)) as object);
  }, {});
}

/** `over` laid over `under`, section by section; lists and plain values are replaced whole. */
function overlay(under: object, over: object): object {
  const result = new Map(Object.entries(under));
  for (const [key, value] of Object.entries(over)) {
    const below = result.get(key);
    result.set(key, isSection(below) && isSection(value) ? overlay(below, value) : value);
  }
  return Object.fromEntries(result);
}

const isSection = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function deepFreeze(value: object): object {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) deepFreeze(inner);
  return Object.freeze(value);
}
