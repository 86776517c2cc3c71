import { LineCounter, parseDocument } from 'yaml';
import { ConfigError } from './config-error.js';
import { lineOf } from './line-of.js';
import { yamlMistakes } from './yaml-mistakes.js';

/** A configuration never needs more aliases; a bomb of nested ones does. */
const MAX_ALIASES = 100;
const UNKNOWN_ALIAS = 'has an alias (*) without its anchor (&) above it; put text that begins with * in quotes';

/** The settings that a file contains. */
export interface FileContent {
  content: Record<string, unknown>;
  /** @returns undefined when the setting is not in the file */
  lineOf(path: readonly PropertyKey[]): number | undefined;
}

/** @throws ConfigError when the text is not YAML with settings by name */
export function yamlContent(text: string, path: string): FileContent {
  const counter = new LineCounter();
  const document = parseDocument(text, { schema: 'core', prettyErrors: true, lineCounter: counter });
  const mistakes = yamlMistakes(document);
  if (mistakes.length > 0) throw new ConfigError(mistakes.map(({ line, what }) => `${path}:${line}: ${what}`));
  const content: unknown = toPlain(document, path) ?? {};
  if (typeof content !== 'object' || Array.isArray(content))
    throw new ConfigError([`${path}: must contain settings by name`]);
  return {
    content: content as Record<string, unknown>,
    lineOf: (setting) => lineOf(document, counter, setting),
  };
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
