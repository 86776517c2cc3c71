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
/** The processor time of a measurement. Operating systems may count it in ticks of 10 ms. */
const MEASURED_MS = 80;
/** Compilation, collections and a cold cache add work; nothing takes any away. So each has to show the growth. */
const MEASUREMENTS = 4;

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
      const ratio = leastRatio(parse, input(SHORT), input(SHORT * FACTOR));
      if (ratio > MAX_RATIO)
        return (
          `${JSON.stringify(unit)} repeated, then ${JSON.stringify(end)}: ${ratio.toFixed(1)} times the ` +
          `work per character for ${FACTOR} times the input`
        );
    }
  }
  return undefined;
}

function leastRatio(parse: (text: string) => unknown, short: string, long: string): number {
  let least = Infinity;
  for (let i = 0; i < MEASUREMENTS && least > MAX_RATIO; i++) least = Math.min(least, ratioOf(parse, short, long));
  return least;
}

function ratioOf(parse: (text: string) => unknown, short: string, long: string): number {
  const onceMs = durationMs(parse, long);
  if (onceMs < MIN_MS) return 1;
  const runs = Math.ceil(MEASURED_MS / onceMs);
  return meanWorkMs(parse, long, runs) / meanWorkMs(parse, short, runs * FACTOR);
}

/** The least of three durations: the work and, seldom, what other threads took meanwhile. */
function durationMs(parse: (text: string) => unknown, text: string): number {
  let least = Infinity;
  for (let i = 0; i < 3 && least >= MIN_MS; i++) {
    const startedAt = performance.now();
    workMs(parse, text, 1);
    least = Math.min(least, performance.now() - startedAt);
  }
  return least;
}

/** Repeats the runs until their work is much longer than a tick. */
function meanWorkMs(parse: (text: string) => unknown, text: string, runs: number): number {
  let totalMs = 0;
  let times = 0;
  for (; times < FACTOR && totalMs < MEASURED_MS / 2; times++) totalMs += workMs(parse, text, runs);
  return totalMs / times;
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
