/** What inputs are made of: repeated, each is the start of something in one grammar or another. */
const UNITS = [
  ';',
  ',',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '"',
  '\\',
  '/',
  '//',
  '://',
  '@',
  ':',
  '=',
  '&',
  '%',
  '.',
  '-',
  '*',
  '[',
  '{',
  '(',
  '<',
  'a',
  'A',
  '0',
  '~',
  '\u00e9',
  '/..',
  '/.',
  '/a',
  'a/',
  ', ',
  '; ',
  'a,',
  ',a',
  '"a',
  '\\"',
  '"\\',
  'a=',
  '=a',
  ';a=',
  ';a="',
  'a;',
  'a.',
  'a b',
  ' a',
  '\n ',
  '\n a',
  'a@',
  '@a:',
  '://a',
  '://a:',
  '{{',
  '{{ ',
  'Bearer ',
  '?key=',
  '0-',
  'W/"',
];
/** A match that fails only behind a long run is what makes a pattern start again at each place. */
const ENDS = ['', '\n', '\0', 'a', '"', ';', '!'];

const SHORT = 2_000;
const FACTOR = 16;
/** For the same number of characters in long inputs as in short ones: linear is 1, quadratic 16. */
const MAX_RATIO = 6;
/** Anything shorter is linear enough. */
const MIN_MS = 8;
/** Operating systems count processor time in ticks of up to 10 ms. */
const MEASURED_MS = 80;

/**
 * Looks for an input on which a parser's work grows faster than its input: from 2,000 characters to 32,000, which is
 * the size of a request's head. Work is processor time of this thread, so that other load on the machine makes no
 * difference.
 *
 * @param parse may throw
 * @returns the shape of the first such input, and how its work grew; undefined when there is none
 */
export function superLinearInput(parse: (text: string) => unknown): string | undefined {
  for (const unit of UNITS) {
    for (const end of ENDS) {
      const input = (length: number): string => unit.repeat(Math.ceil(length / unit.length)) + end;
      const ratio = ratioOf(parse, input(SHORT), input(SHORT * FACTOR));
      if (ratio > MAX_RATIO)
        return `${JSON.stringify(unit)} repeated, then ${JSON.stringify(end)}: ${ratio.toFixed(1)} times the work per character for ${FACTOR} times the input`;
    }
  }
  return undefined;
}

function ratioOf(parse: (text: string) => unknown, short: string, long: string): number {
  const startedAt = performance.now();
  workMs(parse, long, 1);
  const longMs = performance.now() - startedAt;
  if (longMs < MIN_MS) return 1;
  const runs = Math.ceil(MEASURED_MS / longMs);
  return workMs(parse, long, runs) / Math.max(workMs(parse, short, runs * FACTOR), 1);
}

function workMs(parse: (text: string) => unknown, text: string, runs: number): number {
  const before = process.threadCpuUsage();
  for (let run = 0; run < runs; run++) {
    try {
      parse(text);
    } catch {
      // refusing it is fine
    }
  }
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
