import { describe, expect, it } from 'vitest';
import { HashedNgramEmbedder } from './hashed-ngram.embedder.js';

const embedder = new HashedNgramEmbedder();

async function similarity(a: string, b: string): Promise<number> {
  const [x, y] = await embedder.embed([a, b]);
  return x!.reduce((sum, value, index) => sum + value * y![index]!, 0);
}

describe('HashedNgramEmbedder', () => {
  it('names itself as what it is', async () => {
    expect((await embedder.identity()).name).toContain('hashed');
  });

  it('embeds the same text alike, to length 1, as long as it says', async () => {
    const { dimensions } = await embedder.identity();
    const [first, again] = await embedder.embed(['Wind and outage', 'wind AND outage!']);
    expect(first).toEqual(again);
    expect(first).toHaveLength(dimensions);
    expect(await similarity('one', 'one')).toBeCloseTo(1);
  });

  it.each([
    ['another ending', 'the turbine was inspected', 'inspections of turbines', 'a recipe for plum cake'],
    ['a misspelling', 'photosynthesis in leaves', 'fotosynthesis in leafs', 'the stock market fell'],
    ['a part of a compound', 'Donaudampfschifffahrt', 'Dampfschiff', 'Kirschbaum'],
  ])('finds %s nearer than another subject', async (_, text, near, far) => {
    expect(await similarity(text, near)).toBeGreaterThan((await similarity(text, far)) + 0.1);
  });

  it.each(['', ' ', '!?', '🙂'])('embeds %j, which holds no word, as zeros', async (text) => {
    const [vector] = await embedder.embed([text]);
    expect(vector!.every((value) => value === 0)).toBe(true);
  });
});
