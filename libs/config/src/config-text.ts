import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { ConfigError } from './config-error.js';

const DEFAULT_NAME = 'slipstream.yaml';

/** The text of a configuration file. */
export interface ConfigText {
  /** For texts: relative where it is below the current directory. */
  path: string;
  /** Undefined: no file was named, and the default one does not exist. */
  text: string | undefined;
}

/** @throws ConfigError when the file can't be read */
export async function readConfigText(named: string | undefined, cwd: string): Promise<ConfigText> {
  const absolute = resolve(cwd, named ?? DEFAULT_NAME);
  const path = shown(absolute, cwd);
  const text = await textAt(absolute, path).catch((error: NodeJS.ErrnoException) => {
    if (error instanceof ConfigError) throw error;
    if (error.code === 'ENOENT' && named === undefined) return undefined;
    throw new ConfigError([
      `${path} can't be read (${error.code}); ${named === undefined ? 'repair it' : 'check SLIPSTREAM_CONFIG'}`,
    ]);
  });
  return { path, text };
}

const shown = (absolute: string, cwd: string): string => {
  const path = relative(cwd, absolute);
  return path.startsWith('..') || isAbsolute(path) ? absolute : path;
};

/** Far above the size of any configuration. */
const MAX_BYTES = 4 * 1024 * 1024;
/** It is empty, and names no configuration. */
const EMPTY_DEVICE = '/dev/null';

/** Reading a named pipe would block until a process writes to it. @throws ConfigError if the path is not a file */
async function textAt(absolute: string, path: string): Promise<string> {
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
