import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { ConfigError } from './config-error.js';
import { lineOf } from './line-of.js';
import { yamlMistakes } from './yaml-mistakes.js';

const DEFAULT_NAME = 'slipstream.yaml';
/** A configuration never needs more aliases; a bomb of nested ones does. */
const MAX_ALIASES = 100;
const UNKNOWN_ALIAS = 'has an alias (*) without its anchor (&) above it; put text that begins with * in quotes';

/** A configuration file as it was read. */
export interface ConfigFile {
  /** For texts: relative where it is below the current directory. */
  path: string;
  /** Whether there is one. */
  exists: boolean;
  /** SHA-256 of its bytes, in hex. */
  sha256: string;
  content: Record<string, unknown>;
  /** @returns undefined when the setting is not in the file */
  lineOf(path: readonly PropertyKey[]): number | undefined;
}

/**
 * The file's content; nothing when no file was named and the default one is not there.
 * @throws ConfigError when it can't be read or is not YAML
 */
export async function readConfigFile(named: string | undefined, cwd: string): Promise<ConfigFile> {
  const absolute = resolve(cwd, named ?? DEFAULT_NAME);
  const path = shown(absolute, cwd);
  const text = await readText(absolute, path).catch((error: NodeJS.ErrnoException) => {
    if (error instanceof ConfigError) throw error;
    if (error.code === 'ENOENT' && named === undefined) return undefined;
    throw new ConfigError([
      `${path} can't be read (${error.code}); ${named === undefined ? 'repair it' : 'check SLIPSTREAM_CONFIG'}`,
    ]);
  });
  return { path, exists: text !== undefined, ...parse(text ?? '', path) };
}

const shown = (absolute: string, cwd: string): string => {
  const path = relative(cwd, absolute);
  return path.startsWith('..') || isAbsolute(path) ? absolute : path;
};

function parse(text: string, path: string): Omit<ConfigFile, 'path' | 'exists'> {
  const counter = new LineCounter();
  const document = parseDocument(text, { schema: 'core', prettyErrors: true, lineCounter: counter });
  const mistakes = yamlMistakes(document);
  if (mistakes.length > 0) throw new ConfigError(mistakes.map(({ line, what }) => `${path}:${line}: ${what}`));
  const content: unknown = toPlain(document, path) ?? {};
  if (typeof content !== 'object' || Array.isArray(content))
    throw new ConfigError([`${path}: must contain settings by name`]);
  return {
    sha256: createHash('sha256').update(text).digest('hex'),
    content: content as Record<string, unknown>,
    lineOf: (setting) => lineOf(document, counter, setting),
  };
}

/** Far above the size of any configuration. */
const MAX_BYTES = 4 * 1024 * 1024;
/** It is empty, and names no configuration. */
const EMPTY_DEVICE = '/dev/null';

/** Reading a named pipe would block until a process writes to it. @throws ConfigError if the path is not a file */
async function readText(absolute: string, path: string): Promise<string> {
  const kind = await stat(absolute);
  const found = kindOf(kind);
  if (found !== undefined && absolute !== EMPTY_DEVICE)
    throw new ConfigError([
      `${path} is a ${found}; put a file with the configuration there, or name one in SLIPSTREAM_CONFIG`,
    ]);
  if (kind.size > MAX_BYTES) throw new ConfigError([`${path} is larger than ${MAX_BYTES} bytes`]);
  return readFile(absolute, 'utf8');
}

function kindOf(stats: Stats): string | undefined {
  if (stats.isDirectory()) return 'folder';
  if (stats.isFIFO()) return 'named pipe';
  if (stats.isSocket()) return 'socket';
  return stats.isFile() ? undefined : 'device';
}

/** A name without a value (`listen:` with all settings below it commented out) counts as absent. */
function toPlain(document: ReturnType<typeof parseDocument>, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES, reviver: (_name, value: unknown) => value ?? undefined });
  } catch (error) {
    const isUnknown = error instanceof ReferenceError && error.message.startsWith('Unresolved alias');
    throw new ConfigError([`${path}: ${isUnknown ? UNKNOWN_ALIAS : 'has too many aliases'}`]);
  }
}
