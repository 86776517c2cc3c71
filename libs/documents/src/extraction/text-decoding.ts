import { analyse } from 'chardet';

const SAMPLE_BYTES = 64 * 1024;
/** A text without BOM is UTF-16 if so much of one half of its bytes is zero. */
const ZERO_RATIO = 0.4;

const BOMS: readonly [readonly number[], string][] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/** Label of the encoding of a text, as TextDecoder takes it. */
export function encodingOf(head: Buffer): string {
  const sample = head.subarray(0, SAMPLE_BYTES);
  const bom = BOMS.find(([bytes]) => bytes.every((byte, index) => sample[index] === byte));
  if (bom) return bom[1];
  return utf16Of(sample) ?? (isUtf8(sample) ? 'utf-8' : detected(sample));
}

/** UTF-16 without BOM is recognized by the zero bytes of its ASCII characters and line ends. */
function utf16Of(sample: Buffer): string | undefined {
  const zeros: [even: number, odd: number] = [0, 0];
  for (let index = 0; index < sample.length; index += 1) if (sample[index] === 0) zeros[(index % 2) as 0 | 1] += 1;
  const half = sample.length / 2;
  if (zeros[1] > half * ZERO_RATIO && zeros[0] < half * 0.1) return 'utf-16le';
  if (zeros[0] > half * ZERO_RATIO && zeros[1] < half * 0.1) return 'utf-16be';
  return undefined;
}

function isUtf8(sample: Buffer): boolean {
  try {
    // `stream`: a character may be cut at the end of the sample.
    new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function detected(sample: Buffer): string {
  for (const { name } of analyse(sample)) if (isKnown(name)) return name;
  return 'windows-1252';
}

function isKnown(label: string): boolean {
  try {
    new TextDecoder(label);
    return true;
  } catch {
    return false;
  }
}
