const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** The three forms of RFC 9110 section 5.6.7. Names are case-insensitive, as in other parsers; the rest is strict. */
const FORMS = [
  /^(?:mon|tue|wed|thu|fri|sat|sun), (?<day>\d{2}) (?<month>[a-z]{3}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) gmt$/i,
  /^(?:mon|tues|wednes|thurs|fri|satur|sun)day, (?<day>\d{2})-(?<month>[a-z]{3})-(?<shortYear>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) gmt$/i,
  /^(?:mon|tue|wed|thu|fri|sat|sun) (?<month>[a-z]{3}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/i,
];

const YEAR_MS = 365.25 * 24 * 3_600_000;

/**
 * @param now ms; decides the century of a two-digit year, which is never more than 50 years ahead (RFC 9110 section
 *   5.6.7)
 * @returns ms since the epoch; undefined if it is not an HTTP date
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
  const [day = 0, hour = 0, minute = 0, second = 0] = [groups.day, ...(groups.time ?? '').split(':')].map(Number);
  if (month < 0 || hour > 23 || minute > 59 || second > 60 || day < 1 || day > 31) return undefined;
  const at = (year: number): number => Date.UTC(year, month, day, hour, minute, second);
  if (groups.year !== undefined) return at(Number(groups.year));
  const time = at(2000 + Number(groups.shortYear));
  return time > now + 50 * YEAR_MS ? at(1900 + Number(groups.shortYear)) : time;
}
