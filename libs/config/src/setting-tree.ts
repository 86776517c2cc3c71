import { isDeepStrictEqual } from 'node:util';
import { settingsJsonSchema, type JsonNode } from './json-schema.js';
import type { Config } from './load-config.js';

type Section = Record<string, unknown>;

/** A section has settings below it; everything else is one setting, lists and maps by name included. */
const sectionAt = (node: JsonNode | undefined, value: unknown): Section | undefined =>
  node?.properties && typeof value === 'object' && value !== null ? (value as Section) : undefined;

const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** Paths of the settings whose values differ: `web.backends`, `log.level`. */
export function changedSettings(a: Config, b: Config): string[] {
  return differences(a, b, settingsJsonSchema(), '');
}

function differences(a: unknown, b: unknown, node: JsonNode | undefined, path: string): string[] {
  const [sectionA, sectionB] = [sectionAt(node, a), sectionAt(node, b)];
  if (!sectionA || !sectionB) return isDeepStrictEqual(a, b) ? [] : [path];
  return Object.entries(node?.properties ?? {}).flatMap(([name, inner]) =>
    differences(sectionA[name], sectionB[name], inner, below(path, name)),
  );
}

/** `config` with the values that these settings have in `from`. */
export function withSettings(config: Config, from: Config, paths: ReadonlySet<string>): Config {
  return replaced(config, from, settingsJsonSchema(), { paths, path: '' }) as Config;
}

function replaced(
  value: unknown,
  from: unknown,
  node: JsonNode | undefined,
  { paths, path }: { paths: ReadonlySet<string>; path: string },
): unknown {
  if (paths.has(path)) return from;
  const [section, other] = [sectionAt(node, value), sectionAt(node, from)];
  if (!section || !other) return value;
  const settings = Object.entries(node?.properties ?? {}).map(([name, inner]): [string, unknown] => [
    name,
    replaced(section[name], other[name], inner, { paths, path: below(path, name) }),
  ]);
  return Object.freeze({ ...section, ...Object.fromEntries(settings) });
}

/**
 * The same configuration, which reports the path of each setting that is read. A section that is enumerated is reported
 * as a whole.
 */
export function watchedSettings(config: Config, onRead: (path: string) => void): Config {
  return watched(config, settingsJsonSchema(), '', onRead) as Config;
}

function watched(value: unknown, node: JsonNode | undefined, path: string, onRead: (path: string) => void): unknown {
  const section = sectionAt(node, value);
  if (!section) {
    onRead(path);
    return value;
  }
  return new Proxy(
    { ...section },
    {
      get: (target, name) =>
        typeof name === 'string'
          ? watched(target[name], node?.properties?.[name], below(path, name), onRead)
          : undefined,
      ownKeys(target) {
        onRead(path);
        return Reflect.ownKeys(target);
      },
    },
  );
}

/** Whether a change of `path` is one of a setting that was read as `read`. */
export const concerns = (path: string, read: string): boolean =>
  path === read || path.startsWith(`${read}.`) || read.startsWith(`${path}.`);
