import type { NotedEntry } from './access-entry.js';
import { roundedStages } from './json-line.js';
import { cut, shownUrl } from './shown-url.js';

const TEXT_MAX_CHARS = 256;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * The entry in the combined format of Apache and nginx, with the request id, the duration and the backend behind it.
 * Nothing that a client sends can end a field or a line.
 */
export function combinedLine(entry: NotedEntry, showsQuery: boolean): string {
  const { client, user, key, method, url, protocol, status, bytes, durationMs, backend, requestId, tries } = entry;
  const request = `${quoted(method)} ${quoted(shownUrl(url, showsQuery))} ${protocol}`;
  const referer = entry.referer && cut(shownUrl(entry.referer, showsQuery), TEXT_MAX_CHARS);
  const more = {
    id: requestId ?? '-',
    ms: Math.round(durationMs),
    backend: backend ?? '-',
    tries: tries ?? 0,
    cache: entry.cache ?? '-',
    end: entry.end,
    ...(entry.sampled > 1 ? { sampled: entry.sampled } : {}),
    ...(entry.isSlow ? roundedStages(entry) : {}),
  };
  return (
    `${field(client)} - ${field(user ?? key)} [${stamp(entry.endedAt)}] "${request}" ${status} ${bytes} ` +
    `"${quoted(referer ?? '-')}" "${quoted(cut(entry.userAgent ?? '-', TEXT_MAX_CHARS))}" ` +
    `${Object.entries(more)
      .map(([name, value]) => `${name}=${field(String(value))}`)
      .join(' ')}\n`
  );
}

/** As Apache and nginx write what is not plain ASCII, or would end the field. */
const quoted = (text: string): string =>
  text.replace(/[^\x20-\x7e]|["\\]/g, (character) =>
    [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );

/** A field without quotes ends at a space. */
const field = (text: string | undefined): string =>
  text === undefined || text === ''
    ? '-'
    : quoted(text).replace(/[ [\]]/g, (c) => `\\x${c.charCodeAt(0).toString(16)}`);

/** `26/Nov/2026:20:52:55 +0000` */
function stamp(at: number): string {
  const iso = new Date(at).toISOString();
  return `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}
