import type { Block } from '../extraction/block.js';
import { countTokens } from './count-tokens.js';

/** The smallest piece of text that chunks are made of. */
export interface Unit {
  text: string;
  tokens: number;
  /** Place of its first character in the text of the document. */
  start: number;
  /** Separator between the previous unit and this one. */
  lead: string;
  isHeading: boolean;
  /** Names of the columns, for a row of a table. */
  header?: string;
  page?: number;
}

/** Separator of blocks in the text of a document. */
export const BLOCK_SEPARATOR = '\n\n';

/** Ends of sentences. */
const END = /[.!?]["'”’)\]]?\s|[。！？\n]/gu;

/** Sentences with the white space after them; joined, they are the text. */
function sentencesOf(text: string): string[] {
  const sentences: string[] = [];
  let from = 0;
  for (const { index, 0: end } of text.matchAll(END)) {
    sentences.push(text.slice(from, index + end.length));
    from = index + end.length;
  }
  return [...sentences, text.slice(from)];
}

/** Splits a block into units of at most `maxTokens`: whole, by sentence, or by length. */
export function unitsOf(block: Block, start: number, maxTokens: number): Unit[] {
  const shared = {
    isHeading: block.type === 'heading',
    ...(block.page !== undefined && { page: block.page }),
    ...(block.type === 'row' && block.header !== undefined && { header: block.header }),
  };
  const whole = countTokens(block.text);
  if (whole <= maxTokens) return [{ ...shared, text: block.text, tokens: whole, start, lead: BLOCK_SEPARATOR }];
  const units: Unit[] = [];
  let at = start;
  for (const text of sentencesOf(block.text).flatMap((sentence) => piecesOf(sentence, maxTokens))) {
    units.push({ ...shared, text, tokens: countTokens(text), start: at, lead: at === start ? BLOCK_SEPARATOR : '' });
    at += text.length;
  }
  return units;
}

/** A sentence that is too long is cut between words, or within one. */
function piecesOf(sentence: string, maxTokens: number): string[] {
  if (sentence === '') return [];
  if (countTokens(sentence) <= maxTokens || sentence.length < 2) return [sentence];
  const middle = Math.floor(sentence.length / 2);
  const space = sentence.indexOf(' ', middle);
  const at = space > 0 && space < sentence.length - 1 ? space + 1 : middle;
  return [...piecesOf(sentence.slice(0, at), maxTokens), ...piecesOf(sentence.slice(at), maxTokens)];
}
