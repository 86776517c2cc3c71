const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH = MONTHS.join('|');
const SHORT_DAY = 'mon|tue|wed|thu|fri|sat|sun';
const LONG_DAY = 'monday|tuesday|wednesday|thursday|friday|saturday|sunday';
const TIME = '(?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2})';

/** The three forms of RFC 9110 section 5.6.7; names in any case, as everybody reads them, and nothing else loosely. */
const FORMS = [
  new RegExp(`^(?:${SHORT_DAY}), (?<day>\\d{2}) (?<month>${MONTH}) (?<year>\\d{4}) ${TIME} gmt$`, 'i'),
  new RegExp(`^(?:${LONG_DAY}), (?<day>\\d{2})-(?<month>${MONTH})-(?<shortYear>\\d{2}) ${TIME} gmt$`, 'i'),
  new RegExp(`^(?:${SHORT_DAY}) (?<month>${MONTH}) (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`, 'i'),
];

const YEAR_MS = 365.25 * 24 * 3_600_000;

/**
 * @param now ms; settles the century of a two-digit year, which is never more than 50 years ahead (RFC 9110 section 5.6.7)
 * @returns ms since the epoch; undefined when it is no HTTP date
 */
export function parseHttpDate(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  for (const form of FORMS) {
    const groups = form.exec(text)?.groups;
    if (groups) return toTime(groups, now);
  }
  return undefined;
}

function toTime(groups: Record<string, string | undefined>, now: number): number | undefined {
  const month = MONTHS.indexOf((groups.month ?? '').toLowerCase());
  const [day, hour, minute, second] = [groups.day, groups.hour, groups.minute, groups.second].map(Number) as [number, number, number, number];
  if (hour > 23 || minute > 59 || second > 60 || day < 1 || day > 31) return undefined;
  const at = (year: number): number => Date.UTC(year, month, day, hour, minute, second);
  if (groups.year !== undefined) return at(Number(groups.year));
  const time = at(2000 + Number(groups.shortYear));
  return time > now + 50 * YEAR_MS ? at(1900 + Number(groups.shortYear)) : time;
}
