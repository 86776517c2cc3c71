const WORDS = (
  'harbour ledger keeper lantern rope gauge cellar winter signal boat tender reservoir prism wick paraffin quay tide ' +
  'cormorant shutter barometer winch slipway anchor beacon buoy channel current fathom gale hull jetty knot mast'
).split(' ');

/** A repeatable sequence of numbers below 1 (mulberry32). */
export function numbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Sentences of about this many characters. */
export function textOf(seed, chars) {
  const next = numbers(seed + 1);
  let text = '';
  while (text.length < chars) {
    const words = Array.from({ length: 6 + Math.floor(next() * 12) }, () => WORDS[Math.floor(next() * WORDS.length)]);
    text += `${words.join(' ')} n${Math.floor(next() * 5000)}. `;
  }
  return text;
}

/** The text of a full page. */
export const pageText = (page) => textOf(page, 2_600);
