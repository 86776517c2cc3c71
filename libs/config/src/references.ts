import { digits, trueOrFalse } from './environment.js';
import { secretFileName, secretsIn, type JsonNode } from './json-schema.js';
import type { Mistake } from './mistake.js';
import { readSecretFile } from './secret-file.js';

export interface ReferenceOptions {
  env: NodeJS.ProcessEnv;
  /** Base of relative paths of secret files. */
  cwd: string;
  mistakes: Mistake[];
}

type Path = readonly PropertyKey[];

/**
 * Returns the content of a file with resolved references: `${NAME}` in a text becomes the variable's value, `$${`
 * becomes `${`, and the `…File` of a secret becomes the secret. Unresolved references are left out and added to
 * `mistakes`.
 */
export async function resolveReferences(
  value: unknown,
  node: JsonNode | undefined,
  options: ReferenceOptions,
  path: Path = [],
): Promise<unknown> {
  if (typeof value === 'string') return expanded(value, node, options, path);
  if (Array.isArray(value))
    return Promise.all(value.map((each, index) => resolveReferences(each, node?.items, options, [...path, index])));
  if (typeof value !== 'object' || value === null) return value;
  const within: [string, unknown][] = [];
  for (const [name, each] of Object.entries(value))
    within.push([name, await resolveReferences(each, nodeAt(node, name), options, [...path, name])]);
  return withSecrets(Object.fromEntries(within), secretsIn(node ?? {}), options, path);
}

const nodeAt = (node: JsonNode | undefined, name: string): JsonNode | undefined =>
  node?.properties?.[name] ?? (node?.additionalProperties || undefined);

const REFERENCE = /\$?\$\{(?:(\w+)\})?/g;

function expanded(text: string, node: JsonNode | undefined, { env, mistakes }: ReferenceOptions, path: Path): unknown {
  let isWhole = true;
  const result = text.replace(REFERENCE, (found, name?: string) => {
    if (found.startsWith('$$')) return found.slice(1);
    const value = name === undefined ? undefined : env[name];
    if (value) return value;
    isWhole = false;
    const why =
      name === undefined ? 'contains ${ without a name and }' : `refers to the variable ${name}, which is not set`;
    mistakes.push({ path, hides: path, text: `${why}; write $\${ for the text \${ itself` });
    return '';
  });
  if (!isWhole) return undefined;
  return result === text ? text : inTypeOf(node, result);
}

/** Converts the text of a variable to a number or boolean if the setting has that type. */
function inTypeOf(node: JsonNode | undefined, text: string): unknown {
  const types = [node, ...(node?.anyOf ?? [])].map((each) => each?.type);
  if (types.includes('integer') || types.includes('number')) return digits(text);
  return types.includes('boolean') ? trueOrFalse(text) : text;
}

async function withSecrets(
  section: Record<string, unknown>,
  secrets: readonly string[],
  { cwd, mistakes }: ReferenceOptions,
  path: Path,
): Promise<Record<string, unknown>> {
  for (const name of secrets) {
    const fileName = secretFileName(name);
    const { [fileName]: file } = section;
    if (file === undefined) continue;
    delete section[fileName];
    const read = await secretOf(section, name, file, cwd);
    if ('secret' in read) section[name] = read.secret;
    else mistakes.push({ path: [...path, fileName], hides: [...path, name], text: read.text });
  }
  return section;
}

async function secretOf(
  section: Record<string, unknown>,
  name: string,
  file: unknown,
  cwd: string,
): Promise<{ secret: string } | { text: string }> {
  if (section[name] !== undefined) return { text: `is set together with ${name}; keep one of them` };
  if (typeof file !== 'string' || file === '') return { text: 'must be the path of a file' };
  return readSecretFile(cwd, file);
}
