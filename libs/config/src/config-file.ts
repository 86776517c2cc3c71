import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { ConfigError } from './config-error.js';
import { yamlFaults } from './yaml-faults.js';

const DEFAULT_NAME = 'slipstream.yaml';
/** A configuration never needs more aliases; a bomb of nested ones does. */
const MAX_ALIASES = 100;

/**
 * The file's content; an empty object when no file was named and the default one is not there.
 * @throws ConfigError when it can't be read or is not YAML
 */
export async function readConfigFile(named: string | undefined, cwd: string): Promise<Record<string, unknown>> {
  const path = resolve(cwd, named ?? DEFAULT_NAME);
  const text = await readText(path).catch((error: NodeJS.ErrnoException) => {
    if (error instanceof ConfigError) throw error;
    if (error.code === 'ENOENT' && named === undefined) return '';
    throw new ConfigError([
      `${path} can't be read (${error.code}); ${named === undefined ? 'mend it' : 'check SLIPSTREAM_CONFIG'}`,
    ]);
  });
  const document = parseDocument(text, { schema: 'core', prettyErrors: true });
  const faults = yamlFaults(document);
  if (faults.length > 0) throw new ConfigError(faults.map(({ line, what }) => `${path}:${line}: ${what}`));
  const content: unknown = toPlain(document, path) ?? {};
  if (typeof content !== 'object' || Array.isArray(content))
    throw new ConfigError([`${path}: must hold settings by name`]);
  return content as Record<string, unknown>;
}

/** A named pipe would be waited for until somebody writes to it. @throws ConfigError for what is no file */
async function readText(path: string): Promise<string> {
  const kind = await stat(path);
  const found = kind.isDirectory() ? 'folder' : kind.isFIFO() ? 'named pipe' : kind.isSocket() ? 'socket' : undefined;
  if (found !== undefined)
    throw new ConfigError([
      `${path} is a ${found}; put a file with the configuration there, or name one in SLIPSTREAM_CONFIG`,
    ]);
  return readFile(path, 'utf8');
}

/** A name without a value (`listen:` with all below it commented out) is as good as not written. */
function toPlain(document: ReturnType<typeof parseDocument>, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES, reviver: (_name, value: unknown) => value ?? undefined });
  } catch (error) {
    const isUnknown = error instanceof ReferenceError && error.message.startsWith('Unresolved alias');
    throw new ConfigError([
      `${path}: ${isUnknown ? 'has an alias (*) of an anchor (&) that there is not above it; put text that begins with * in quotes' : 'has too many aliases'}`,
    ]);
  }
}
