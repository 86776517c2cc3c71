import type { Document, ErrorCode } from 'yaml';

/**
 * What is not right in a file, by line and in words of ours: the parser's own quote what stands there, which may be a
 * secret.
 */
export function yamlFaults({
  errors,
  warnings,
}: Pick<Document, 'errors' | 'warnings'>): { line: number; what: string }[] {
  const unread = warnings.filter(({ code }) => code === 'TAG_RESOLVE_FAILED');
  return [...errors, ...unread].map(({ linePos, code }) => ({
    line: linePos?.[0].line ?? 1,
    what: WORDS[code] ?? `is not valid YAML (${code})`,
  }));
}

const WORDS: Partial<Record<ErrorCode, string>> = {
  TAB_AS_INDENT: 'is indented with a tab; use spaces',
  BAD_INDENT: 'is not indented as what it belongs to; or a bracket, brace or quote before it is not closed',
  MISSING_CHAR:
    'lacks a character: the end of a quote, bracket or brace, the : after a name, the - of an entry, or a space after : or before #',
  UNEXPECTED_TOKEN:
    'has something where nothing may stand: a bracket, brace or comma too many, or text after the end of a quote; put text with ${ } in quotes',
  BAD_SCALAR_START: 'has a text that begins with @, ` or %; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'has a second name on the line, or a text with a colon and a space; put the name on a line of its own, or the text in quotes',
  BLOCK_IN_FLOW: 'has a text that ends in a colon, or lines of a block, within [ ] or { }; put the text in quotes',
  MULTILINE_IMPLICIT_KEY: 'has a name that goes on over lines; a : may be missing',
  DUPLICATE_KEY: 'has a name that this section has already',
  MULTIPLE_DOCS: 'begins a second document (---); one file is one document',
  BAD_DQ_ESCAPE: 'has a \\ in double quotes that escapes nothing; write \\\\, or use single quotes',
  TAG_RESOLVE_FAILED: 'has a tag (!) that is not known here; put text that begins with ! in quotes',
};
