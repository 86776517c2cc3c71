import { z } from 'zod';
import { eachOnce } from './each-once.js';
import { between, count, milliseconds, number, ratio, weight, whole } from './numbers.js';
import { PRESETS } from './presets.js';
import { secret } from './secret.js';
import { upstreamTlsSchema } from './upstream-tls.schema.js';
import { webCacheSchema } from './web-cache.schema.js';

/** Plain addresses, and names that the name service turns into many. */
const backendUrl = z
  .string()
  .refine(
    isBackendUrl,
    'must be http(s)://host:port, dns+http(s)://name:port or srv+http(s)://_service._tcp.name, without path and credentials',
  );
const path = z.string().startsWith('/', 'must begin with /');
const offOrMilliseconds = whole.min(0).max(86_400_000);
const token = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/, 'must be a cookie or header name');

/** RFC 6265 section 4.1.2.3; a leading dot means nothing and is left out. */
const cookieDomain = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i,
    'must be a domain such as example.com',
  );

const backend = z.strictObject({
  url: backendUrl.describe(
    'http(s)://host:port; dns+http(s)://name:port for each address of a name; srv+http(s)://_service._tcp.name for each of its SRV records.',
  ),
  weight,
  priority: between(0, 100)
    .default(0)
    .describe('Backends of a higher number are used only while those of every lower one have no healthy room.'),
});

const stickiness = z.strictObject({
  type: z
    .enum(['none', 'cookie'])
    .default('none')
    .describe('cookie: who was answered by a backend comes back to it, as long as it is there.'),
  cookieName: token.default('slipstream_backend').describe('Name of the cookie that the gateway sets.'),
  paths: z.array(path).min(1).max(100).default(['/']).describe('Only requests whose paths begin so stick.'),
  secret: secret(z.string().min(16, 'must have 16 characters or more'))
    .optional()
    .describe("Signs the cookie. Default: made of the backends' URLs, so that gateways with the same backends agree."),
  sameSite: z
    .enum(['lax', 'strict', 'none'])
    .default('lax')
    .describe('Which requests of other sites carry the cookie. none makes it Secure, as browsers demand.'),
  domain: cookieDomain
    .optional()
    .describe('Hosts below this domain get the cookie too. Default: only the host that set it.'),
  maxAgeSeconds: between(1, 34_560_000)
    .optional()
    .describe('How long browsers keep the cookie, in seconds. Default: until the browser ends.'),
});

const hashOn = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('address') }),
  z.strictObject({ type: z.literal('cookie'), name: token }),
  z.strictObject({ type: z.literal('header'), name: token }),
]);

const health = z
  .strictObject({
    path: path.default('/health').describe('Asked of each backend.'),
    intervalMs: milliseconds
      .default(30_000)
      .describe('Between the checks of a backend that is settled; one in doubt is asked sooner.'),
    timeoutMs: milliseconds.default(5_000).describe('From connecting to the end of the answer.'),
    healthyThreshold: count.default(2).describe('Passed checks in a row that make an unhealthy backend healthy.'),
    unhealthyThreshold: count.default(2).describe('Failed checks in a row that make a healthy backend unhealthy.'),
    minStatus: between(100, 599).default(200).describe('The lowest status that passes.'),
    maxStatus: between(100, 599).default(299).describe('The highest.'),
    expectedBody: z
      .string()
      .min(1)
      .max(1000)
      .optional()
      .describe('A text that the answer must contain, within its first 64 KiB.'),
    headers: z
      .record(
        token,
        z
          .string()
          .max(4096)
          .regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'must be a header value'),
      )
      .default({})
      .describe(
        'Header fields of the checks, such as Host; those of its WebSocket too. Default Host: as web.host says, else the name that the backend was found by.',
      ),
    webSocketPath: path
      .optional()
      .describe(
        'Where a WebSocket handshake must be agreed to and a first message sent, if other backends do so: finds the pod that answers HTTP but is deaf.',
      ),
  })
  .refine(({ minStatus, maxStatus }) => minStatus <= maxStatus, {
    path: ['minStatus'],
    message: 'must be at most maxStatus',
  });

const outliers = z.strictObject({
  consecutiveErrors: whole
    .min(0)
    .max(100_000)
    .default(5)
    .describe('5xx answers, resets and silences in a row that eject a backend. 0: off.'),
  errorRatio: ratio.default(0.5).describe("Part of a window's requests that failed. 0: off."),
  minRequests: count.default(20).describe('Fewer in a window than this say nothing about its ratio or latency.'),
  windowMs: milliseconds.default(10_000).describe('How far back errorRatio and latencyFactor look.'),
  latencyFactor: number
    .min(0)
    .max(1000)
    .default(0)
    .describe('How many times the median latency of the others is too slow. 0: off.'),
  minLatencyMs: milliseconds.default(1000).describe('No latency below this is too slow.'),
  ejectionMs: milliseconds.default(30_000).describe('Length of the first ejection; each further one is twice as long.'),
  maxEjectionMs: milliseconds.default(300_000).describe('Length of the longest.'),
  maxEjectedRatio: ratio.default(0.5).describe('At most this part of the pool is ejected at a time.'),
});

const retries = z.strictObject({
  maxTries: between(1, 10).default(3).describe('How often one request goes out at most.'),
  budgetRatio: ratio.default(0.2).describe('Retries per request, over the whole pool.'),
  minPerSecond: between(0, 1000).default(10).describe('Retries that are allowed however few requests there are.'),
  replayMaxBytes: whole
    .min(0)
    .max(16 * 1024 * 1024)
    .default(64 * 1024)
    .describe('Request bodies up to this size are kept until the answer begins, so that they can be sent again.'),
});

const queue = z.strictObject({
  maxLength: whole
    .min(0)
    .max(100_000)
    .default(1000)
    .describe('Requests that may wait for a backend; more are answered with 503.'),
  timeoutMs: milliseconds.default(5000).describe('How long each may wait.'),
});

const hostName = z
  .string()
  .max(255)
  .regex(
    /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i,
    'must be preserve, backend, or a host name, with or without a port',
  );

const responseBuffer = z.strictObject({
  maxBytes: whole
    .min(0)
    .max(64 * 1024 * 1024)
    .default(256 * 1024)
    .describe('Of one answer. 0: none.'),
  totalBytes: whole
    .min(0)
    .max(64 * 1024 * 1024 * 1024)
    .default(64 * 1024 * 1024)
    .describe('Of all answers of a process together.'),
});

/** The pool of web pods and the way to them. */
export const webSchema = z.strictObject({
  preset: z
    .enum(Object.keys(PRESETS) as [keyof typeof PRESETS])
    .optional()
    .describe(
      'Health checks, timeouts, stickiness, limits and cache rules for a known application; each can be set otherwise.',
    ),
  backends: z.array(backend).max(1000).superRefine(eachOnce).default([]).describe("The web application's pods."),
  overlayFile: z
    .string()
    .min(1)
    .max(4096)
    .default('.slipstream/web-backends.json')
    .describe('Copy of what was changed at run time, for a start while MongoDB is away.'),
  discoveryIntervalMs: milliseconds
    .default(5000)
    .describe('How often the name service is asked about dns+ and srv+ backends.'),
  strategy: z
    .enum(['least_connections', 'round_robin', 'p2c_ewma', 'consistent_hash'])
    .default('least_connections')
    .describe(
      'How a backend is chosen: the one with the least to do for its weight; in turn; the better of two by their latencies; by hashOn.',
    ),
  hashOn: hashOn.prefault({ type: 'address' }).describe('What consistent_hash hashes.'),
  stickiness: stickiness.prefault({}),
  health: health.prefault({}),
  outliers: outliers.prefault({}),
  panicRatio: ratio
    .default(0)
    .describe('When fewer of the backends than this part are well, those that answer badly are used again. 0: never.'),
  slowStartMs: offOrMilliseconds
    .default(10_000)
    .describe('How long a recovered backend takes to its full weight. 0: at once.'),
  maxConnections: whole
    .min(0)
    .max(1_000_000)
    .default(0)
    .describe('Requests that one backend may have at a time, WebSockets not counted. 0: any number.'),
  queue: queue.prefault({}),
  retries: retries.prefault({}),
  host: hostName
    .default('preserve')
    .describe(
      "What Host says to the backends, WebSockets and health checks included. preserve: what the client said. backend: name and port of the backend's URL. Else this name. X-Forwarded-Host has the client's in any case.",
    ),
  tls: upstreamTlsSchema.prefault({}),
  responseBuffer: responseBuffer
    .prefault({})
    .describe(
      'What a backend has sent and its client has not taken yet is kept up to this size, so that a slow client does not hold a place at the backend.',
    ),
  cache: webCacheSchema.prefault({}),
  connectTimeoutMs: milliseconds.default(2000).describe('Until there is a connection; then another backend is tried.'),
  headersTimeoutMs: milliseconds.default(60_000).describe("From the request's end to the answer's headers."),
  idleTimeoutMs: milliseconds
    .default(300_000)
    .describe('Longest silence within an answer; event streams and WebSockets may be silent for longer.'),
});

function isBackendUrl(text: string): boolean {
  const url = URL.parse(text.replace(/^(?:dns|srv)\+/i, ''));
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.pathname === '/' &&
    !url.search &&
    !url.hash &&
    !url.username &&
    !url.password
  );
}
