import { printableLine } from '../printable-line.js';
import type { NotedEntry } from './access-entry.js';
import { cut, shownUrl } from './shown-url.js';

const AGENT_MAX_CHARS = 256;
const rounded = (ms: number): number => Math.round(ms * 10) / 10;

/** Facts in every line of a process. */
export interface LineFacts {
  process: string;
  pid: number;
}

/** Returns the entry as a JSON line like the others of the log. Lines of slow requests contain their stages. */
export const jsonLine = (entry: NotedEntry, facts: LineFacts, showsQuery: boolean): string =>
  `${printableLine(JSON.stringify(fieldsOf(entry, facts, showsQuery)))}\n`;

function fieldsOf(entry: NotedEntry, facts: LineFacts, showsQuery: boolean): object {
  const { stages, userAgent, firstByteMs, end } = entry;
  return {
    level: 'info',
    time: new Date(entry.endedAt).toISOString(),
    ...facts,
    msg: entry.isSlow ? slowText(entry) : 'request',
    requestId: entry.requestId,
    traceId: entry.traceId,
    client: entry.client,
    user: entry.user,
    key: entry.key,
    method: entry.method,
    path: shownUrl(entry.url, showsQuery),
    protocol: entry.protocol,
    route: entry.route,
    status: entry.status,
    bytes: entry.bytes,
    durationMs: rounded(entry.durationMs),
    firstByteMs: firstByteMs === undefined ? undefined : rounded(firstByteMs),
    backend: entry.backend,
    tries: entry.tries,
    cache: entry.cache,
    queueMs: stages?.queue ? rounded(stages.queue) : undefined,
    end: end === 'complete' ? undefined : end,
    stages: entry.isSlow ? roundedStages(entry) : undefined,
    userAgent: userAgent && cut(userAgent, AGENT_MAX_CHARS),
    sampled: entry.sampled > 1 ? entry.sampled : undefined,
  };
}

const TEXTS: Readonly<Record<string, string>> = {
  request: 'before it was sent to a backend',
  queue: 'in the queue for a backend',
  connect: 'in connecting to the backend',
  firstByte: 'until the first byte of the backend',
  body: 'in the body of the backend',
  client: 'in sending to the client',
};

function slowText({ durationMs, stages = {} }: NotedEntry): string {
  const [longest, ms = 0] = Object.entries(stages).reduce((a, b) => (b[1] > a[1] ? b : a), ['request', 0]);
  return `slow request: ${Math.round(ms)} of ${Math.round(durationMs)} ms ${TEXTS[longest] ?? longest}`;
}

export const roundedStages = ({ stages = {} }: NotedEntry): Record<string, number> =>
  Object.fromEntries(Object.entries(stages).map(([stage, ms]) => [`${stage}Ms`, rounded(ms)]));
