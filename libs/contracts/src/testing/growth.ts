/** Pieces of inputs. Repeated, each begins a construct of one of the grammars. */
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
/** A match that fails only after a long run makes a pattern start again at each position. */
const ENDS = ['', '\n', '\0', 'a', '"', ';', '!'];

const SHORT = 2_000;
const FACTOR = 16;
/** Growth of the work for 16 times the input, per character: linear 1, quadratic 16. */
const MAX_RATIO = 6;
/** Shorter durations count as linear. */
const MIN_MS = 8;
/** Operating systems count processor time in ticks of up to 10 ms. */
const MEASURED_MS = 80;

/**
 * Searches for an input on which the work of a parser grows faster than its input, from 2,000 to 32,000 characters, the
 * size of a request header. Work is the processor time of this thread, so other load on the machine has no effect.
 *
 * @param parse may throw
 * @returns the first such input and the growth of its work; undefined if none is found
 */
export function superLinearInput(parse: (text: string) => unknown): string | undefined {
  for (const unit of UNITS) {
    for (const end of ENDS) {
      const input = (length: number): string => unit.repeat(Math.ceil(length / unit.length)) + end;
      const ratio = ratioOf(parse, input(SHORT), input(SHORT * FACTOR));
      if (ratio > MAX_RATIO)
        return (
          `${JSON.stringify(unit)} repeated, then ${JSON.stringify(end)}: ${ratio.toFixed(1)} times the ` +
          `work per character for ${FACTOR} times the input`
        );
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
      // rejecting the input is fine
    }
  }
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
