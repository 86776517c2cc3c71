import { ConfigError } from './config-error.js';
import { readConfigFile, type ConfigFile } from './config-file.js';
import { variableOf } from './environment.js';
import { exposureMistakes, hasPublicListener } from './exposure.js';
import { fromEnvironment } from './from-environment.js';
import { settingsJsonSchema } from './json-schema.js';
import { isWithin, written, type Mistake } from './mistake.js';
import { mistakesOf } from './mistakes.js';
import { overlay } from './overlay.js';
import { presetOf } from './presets.js';
import { resolveReferences } from './references.js';
import { configSchema, exposureSchema, type Settings } from './schema.js';
import { defaultsOf, type ServiceName } from './service-defaults.js';
import { caFileMistakes, tlsFileMistakes } from './tls-files.js';
import { unreadVariables } from './unread-variables.js';
import { inWords } from './words.js';

/** The configuration of one process, deeply frozen. */
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
  /** Directory of `slipstream.yaml`. Default: the current directory. */
  cwd?: string;
}

/**
 * Reads the file, overrides it with the environment, and validates the result.
 * @throws ConfigError with every mistake
 */
export async function loadConfig(options: LoadOptions): Promise<Config> {
  return (await loadConfigSnapshot(options)).config;
}

/** A configuration, and the file that it came from. */
export interface ConfigSnapshot {
  config: Config;
  file: Pick<ConfigFile, 'path' | 'exists' | 'sha256'>;
}

/** As {@link loadConfig}. */
export async function loadConfigSnapshot({
  service,
  env = process.env,
  cwd = process.cwd(),
}: LoadOptions): Promise<ConfigSnapshot> {
  const file = await readConfigFile(env.SLIPSTREAM_CONFIG || undefined, cwd);
  const { given, mistakes } = await givenBy(file, env, cwd);
  const merged = [defaultsOf(service), presetOf(given), given].reduce(overlay);
  const parsed = configSchema.safeParse(merged, { error: inWords });
  const found = parsed.success ? [] : mistakesOf(parsed.error.issues, env);
  const all = [
    ...mistakes,
    ...found.filter(({ path }) => !mistakes.some(({ hides }) => hides && isWithin(path, hides))),
    ...(await contradictions(service, merged, parsed.data)),
  ];
  if (all.length > 0 || !parsed.success)
    throw new ConfigError([...all.map((mistake) => located(mistake, file, env)), ...unreadVariables(env)]);
  const { path, exists, sha256 } = file;
  return { config: deepFreeze({ service, ...parsed.data }) as Config, file: { path, exists, sha256 } };
}

/** The settings of the file and the environment, without defaults and without validation. @throws ConfigError */
export async function givenSettings({ env = process.env, cwd = process.cwd() }: Omit<LoadOptions, 'service'>) {
  const file = await readConfigFile(env.SLIPSTREAM_CONFIG || undefined, cwd);
  return (await givenBy(file, env, cwd)).given;
}

async function givenBy(
  { content }: ConfigFile,
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<{ given: object; mistakes: Mistake[] }> {
  const mistakes: Mistake[] = [];
  const fromFile = await resolveReferences(content, settingsJsonSchema(), { env, cwd, mistakes });
  return { given: overlay(fromFile as object, await fromEnvironment({ env, cwd, mistakes })), mistakes };
}

/** Mistakes beyond single values, as far as they can be found if some values are wrong too. */
async function contradictions(
  service: ServiceName,
  merged: object,
  settings: Settings | undefined,
): Promise<readonly Mistake[]> {
  const exposure = exposureSchema.safeParse(merged);
  const found = exposure.success ? exposureMistakes(service, exposure.data) : [];
  if (exposure.success && hasPublicListener(service)) found.push(...(await tlsFileMistakes(exposure.data.listen.tls)));
  return settings ? [...found, ...(await authorityMistakes(service, settings))] : found;
}

/** A service that sends no requests to a pool does not need the files of that pool. */
async function authorityMistakes(service: ServiceName, { web, llm }: Settings): Promise<Mistake[]> {
  const isProxy = hasPublicListener(service);
  const both = await Promise.all([
    isProxy ? caFileMistakes(['web', 'tls', 'caFile'], web.tls.caFile) : [],
    isProxy || service === 'chat-worker' ? caFileMistakes(['llm', 'tls', 'caFile'], llm.tls.caFile) : [],
  ]);
  return both.flat();
}

/** Prefixes a mistake with its file and line: `slipstream.yaml:5: web.health.path: …`. */
function located(mistake: Mistake, file: ConfigFile, env: NodeJS.ProcessEnv): string {
  const isFromVariable = variableOf(mistake.path, env) !== undefined;
  const line = isFromVariable ? undefined : (file.lineOf(mistake.path) ?? file.lineOf(mistake.path.slice(0, -1)));
  return `${line === undefined ? '' : `${file.path}:${line}: `}${written(mistake)}`;
}

function deepFreeze(value: object): object {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) deepFreeze(inner);
  return Object.freeze(value);
}
