/** Both ends are inclusive. */
export interface ByteRange {
  first: number;
  last: number;
}

/**
 * Parses a Range of one range of bytes (RFC 9110 section 14.1.2).
 *
 * @returns `ignored` for another unit, several ranges or a syntax error, and the whole is sent then, as section 14.2
 *   allows; `unsatisfiable` → 416
 */
export function parseByteRange(value: string, length: number): ByteRange | 'ignored' | 'unsatisfiable' {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/i.exec(value.trim()) ?? [];
  if (from === '' && to === '') return 'ignored';
  if (from === '')
    return length === 0 || Number(to) === 0
      ? 'unsatisfiable'
      : { first: Math.max(0, length - Number(to)), last: length - 1 };
  const first = Number(from);
  const last = to === '' ? length - 1 : Math.min(Number(to), length - 1);
  if (to !== '' && Number(to) < first) return 'ignored';
  return first >= length ? 'unsatisfiable' : { first, last };
}
