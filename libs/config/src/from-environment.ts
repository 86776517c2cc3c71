import { ENVIRONMENT, isSecret, isServiceLink, secretFileVariable, type Variable } from './environment.js';
import type { Mistake } from './mistake.js';
import { overlay } from './overlay.js';
import { readSecretFile } from './secret-file.js';

export interface EnvironmentOptions {
  env: NodeJS.ProcessEnv;
  /** Base of relative paths of secret files. */
  cwd: string;
  mistakes: Mistake[];
}

/** Returns the settings from the environment. Unreadable ones are added to `mistakes`. */
export async function fromEnvironment(options: EnvironmentOptions): Promise<object> {
  let settings: object = {};
  for (const variable of ENVIRONMENT.filter((each) => each.with === undefined)) {
    const text = await textOf(variable, options);
    if (text === undefined) continue;
    const { path, read = (value: string) => value } = variable;
    settings = overlay(settings, path.reduceRight<unknown>((value, part) => ({ [part]: value }), read(text)) as object);
  }
  return withModelKeys(settings, options);
}

async function textOf(variable: Variable, { env, cwd, mistakes }: EnvironmentOptions): Promise<string | undefined> {
  const { name, path } = variable;
  const text = env[name];
  const isGiven = text !== undefined && text !== '' && !isServiceLink(name, text);
  const fileVariable = secretFileVariable(name);
  const file = env[fileVariable];
  if (!file || !isSecret(variable)) return isGiven ? text : undefined;
  const read = isGiven ? { text: `is set together with ${name}; keep one of them` } : await readSecretFile(cwd, file);
  if ('secret' in read) return read.secret;
  mistakes.push({ path, name: fileVariable, text: read.text, hides: path });
  return undefined;
}

/** Assigns one key to each backend in the order of `LLM_BACKENDS`. An empty entry is a backend without a key. */
async function withModelKeys(settings: object, options: EnvironmentOptions): Promise<object> {
  const variable = ENVIRONMENT.find(({ name }) => name === 'LLM_API_KEYS')!;
  const text = await textOf(variable, options);
  if (text === undefined) return settings;
  const { backends } = (settings as { llm?: { backends: { url: string }[] } }).llm ?? { backends: [] };
  const keys = text.split(',').map((key) => key.trim());
  if (keys.length !== backends.length) {
    options.mistakes.push({
      path: ['llm', 'backends'],
      name: variable.name,
      text:
        `has ${keys.length} keys, but ${variable.with} has ${backends.length} backends; write one key per backend, ` +
        `in the same order, separated by commas, and an empty entry for a backend without a key`,
    });
    return settings;
  }
  const withKeys = backends.map((backend, index) => ({ ...backend, ...(keys[index] && { apiKey: keys[index] }) }));
  return overlay(settings, { llm: { backends: withKeys } });
}
