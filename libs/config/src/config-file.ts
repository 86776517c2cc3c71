import { createHash } from 'node:crypto';
import { readConfigText } from './config-text.js';
import type { FileContent } from './yaml-content.js';

/** A configuration file as it was read. */
export interface ConfigFile extends FileContent {
  /** For texts: relative where it is below the current directory. */
  path: string;
  /** Whether there is one. */
  exists: boolean;
  /** SHA-256 of its bytes, in hex. */
  sha256: string;
}

const NO_SETTINGS: FileContent = { content: {}, lineOf: () => undefined };

/**
 * The file's content; nothing when no file was named and the default one is not there. The parser is loaded only for a
 * file.
 * @throws ConfigError when it can't be read or is not YAML
 */
export async function readConfigFile(named: string | undefined, cwd: string): Promise<ConfigFile> {
  const { path, text } = await readConfigText(named, cwd);
  const content = text ? (await import('./yaml-content.js')).yamlContent(text, path) : NO_SETTINGS;
  return {
    path,
    exists: text !== undefined,
    sha256: createHash('sha256')
      .update(text ?? '')
      .digest('hex'),
    ...content,
  };
}
