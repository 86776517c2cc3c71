import { expect, it } from 'vitest';
import type { Block } from '../extraction/block.js';
import { loadedPages } from './loaded-pages.js';

async function pagesOf(...parts: Block[][]): Promise<unknown[]> {
  async function* stored() {
    for (const blocks of parts) yield { blocks };
  }
  return Array.fromAsync(loadedPages(stored()));
}

it('joins the blocks of each page, also across parts', async () => {
  const pages = await pagesOf(
    [
      { type: 'heading', text: 'Fog', page: 1 },
      { type: 'text', text: 'Three blasts.', page: 1 },
    ],
    [
      { type: 'text', text: 'Every minute.', page: 1 },
      { type: 'text', text: 'Next.', page: 2 },
    ],
  );
  expect(pages).toEqual([
    { text: '# Fog\n\nThree blasts.\n\nEvery minute.', page: 1 },
    { text: 'Next.', page: 2 },
  ]);
});

it('puts the header of a table before its first row, again on each page', async () => {
  const row = (text: string, page: number): Block => ({ type: 'row', text, header: 'Item | Quantity', page });
  expect(await pagesOf([row('Oil | 1', 1), row('Wicks | 2', 1), row('Rope | 3', 2)])).toEqual([
    { text: 'Item | Quantity\n\nOil | 1\n\nWicks | 2', page: 1 },
    { text: 'Item | Quantity\n\nRope | 3', page: 2 },
  ]);
});

it('is one page for formats without pages, and none without text', async () => {
  expect(await pagesOf([{ type: 'text', text: 'One.' }], [{ type: 'text', text: 'Two.' }])).toEqual([
    { text: 'One.\n\nTwo.' },
  ]);
  expect(await pagesOf([])).toEqual([]);
});
