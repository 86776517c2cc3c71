import type { Document, ErrorCode } from 'yaml';

/**
 * Returns the syntax errors of a file, by line, each once. The parser's own messages are not used: they quote the file,
 * which may contain secrets.
 */
export function yamlMistakes({
  errors,
  warnings,
}: Pick<Document, 'errors' | 'warnings'>): { line: number; what: string }[] {
  const unread = warnings.filter(({ code }) => code === 'TAG_RESOLVE_FAILED');
  const found = [...errors, ...unread].map(({ linePos, code }) => ({
    line: linePos?.[0].line ?? 1,
    what: WORDS[code] ?? `is not valid YAML (${code})`,
  }));
  return [...new Map(found.map((mistake) => [`${mistake.line} ${mistake.what}`, mistake])).values()];
}

const WORDS: Partial<Record<ErrorCode, string>> = {
  TAB_AS_INDENT: 'is indented with a tab; use spaces',
  BAD_INDENT: 'is not indented like its section, or a bracket, brace or quote before it is not closed',
  MISSING_CHAR:
    'lacks a character: the end of a quote, bracket or brace, the : after a name, the - of an entry, or a ' +
    'space after : or before #',
  UNEXPECTED_TOKEN:
    'has an unexpected bracket, brace or comma, or text after a closing quote; put text with ${ } in quotes',
  BAD_SCALAR_START: 'has text that begins with @, ` or %; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'has a second name on the line, or text with a colon and a space; put the name on its own line, or the ' +
    'text in quotes',
  BLOCK_IN_FLOW: 'has text that ends in a colon, or a block, within [ ] or { }; put the text in quotes',
  MULTILINE_IMPLICIT_KEY: 'has a name that spans lines; a : may be missing',
  DUPLICATE_KEY: 'repeats a name of this section; keep one of them',
  MULTIPLE_DOCS: 'begins a second document (---); keep one document per file',
  BAD_DQ_ESCAPE: 'has an invalid escape (\\) in double quotes; write \\\\, or use single quotes',
  TAG_RESOLVE_FAILED: 'has an unknown tag (!); put text that begins with ! in quotes',
};
