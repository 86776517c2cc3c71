import { describe, expect, it } from 'vitest';
import type { Block } from '../extraction/block.js';
import { Chunker, type TextChunk } from './chunker.js';
import { countTokens } from './count-tokens.js';

const OPTIONS = { maxTokens: 20, overlapTokens: 6 };

function chunked(blocks: Block[], options = OPTIONS): TextChunk[] {
  const chunker = new Chunker(options);
  return [...chunker.feed(blocks), ...chunker.end()];
}

/** The text of a document, which the places of chunks are in. */
const textOf = (blocks: Block[]): string => blocks.map(({ text }) => text).join('\n\n');
const text = (value: string, page?: number): Block => ({ type: 'text', text: value, ...(page && { page }) });
const sentences = (count: number): string =>
  Array.from({ length: count }, (_, n) => `Sentence number ${n} has words.`).join(' ');

describe('Chunker', () => {
  it.each([
    ['a short paragraph', [text('One line.')]],
    ['many sentences', [text(sentences(30))]],
    ['many paragraphs', Array.from({ length: 12 }, (_, n) => text(`Paragraph ${n} is short.`))],
    ['a word without end', [text('x'.repeat(2_000))]],
    ['text without spaces', [text('海の灯台は霧の中で光る。'.repeat(20))]],
    ['headings and pages', [{ type: 'heading', text: 'Lamp' } as Block, text(sentences(9), 1), text('Next page.', 2)]],
    ['lines without ends', [text('a line without a full stop\n'.repeat(40).trim())]],
  ])('cuts %s into pieces of the text that fit, without losing a word', (_, blocks) => {
    const whole = textOf(blocks);
    const chunks = chunked(blocks);
    let reached = 0;
    for (const { text: piece, start, end } of chunks) {
      expect(whole.slice(start, end)).toBe(piece);
      expect(countTokens(piece)).toBeLessThanOrEqual(OPTIONS.maxTokens + 2);
      expect(whole.slice(reached, Math.max(reached, start)).trim()).toBe('');
      reached = Math.max(reached, end);
    }
    expect(whole.slice(reached).trim()).toBe('');
    expect(chunks.map(({ ordinal }) => ordinal)).toEqual(chunks.map((_chunk, index) => index));
  });

  it('repeats whole sentences at the end of a chunk in the next one', () => {
    const [first, second] = chunked([text(sentences(12))], { maxTokens: 24, overlapTokens: 8 });
    expect(first!.text.endsWith(second!.text.split('. ', 1)[0]!)).toBe(false);
    expect(second!.start).toBeLessThan(first!.end);
    expect(first!.text).toContain(second!.text.split('. ', 1)[0]);
  });

  it('begins a new chunk at a heading, and names it', () => {
    const blocks: Block[] = [text('Before.'), { type: 'heading', text: 'Fog' }, text('The siren sounds.')];
    expect(chunked(blocks)).toMatchObject([{ text: 'Before.' }, { text: 'Fog\n\nThe siren sounds.', heading: 'Fog' }]);
  });

  it('begins a new chunk at a page, and says on which page it is', () => {
    const blocks = [text('The lamp turns once a minute.', 1), text('The siren sounds in fog.', 2)];
    expect(chunked(blocks, { maxTokens: 100, overlapTokens: 0 })).toMatchObject([
      { page: 1, text: 'The lamp turns once a minute.' },
      { page: 2, text: 'The siren sounds in fog.' },
    ]);
  });

  it('repeats the header of a table in each chunk of its rows', () => {
    const rows = Array.from({ length: 9 }, (_, n): Block => ({
      type: 'row',
      text: `Ada ${n} | 3${n}`,
      header: 'Name | Age',
    }));
    const chunks = chunked(rows);
    expect(chunks.length).toBeGreaterThan(1);
    for (const chunk of chunks) expect(chunk.text).toMatch(/^Name \| Age\nAda /);
  });

  it.each([[[]], [[text('')]], [[text(' \n ')]]])('makes nothing of %j', (blocks) => {
    expect(chunked(blocks)).toEqual([]);
  });
});
