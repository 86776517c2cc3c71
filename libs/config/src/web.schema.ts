import { z } from 'zod';
import { eachOnce } from './each-once.js';
import { between, count, milliseconds, number, ratio, weight, whole } from './numbers.js';
import { PRESETS } from './presets.js';
import { secret } from './secret.js';
import { upstreamTlsSchema } from './upstream-tls.schema.js';
import { webAssetsSchema } from './web-assets.schema.js';
import { webCacheSchema } from './web-cache.schema.js';
import { webCdnSchema } from './web-cdn.schema.js';

/** Plain addresses, and names that DNS resolves to many backends. */
const backendUrl = z
  .string()
  .refine(
    isBackendUrl,
    'must be http(s)://host:port, dns+http(s)://name:port or srv+http(s)://_service._tcp.name, without path ' +
      'and credentials',
  );
const path = z.string().startsWith('/', 'must begin with /');
const file = z.string().min(1, 'must be the path of a file').max(4096);
const offOrMilliseconds = whole.min(0).max(86_400_000);
const token = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/, 'must be a cookie or header name');

/** RFC 6265 section 4.1.2.3: a leading dot is ignored, so it is not accepted. */
const cookieDomain = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i,
    'must be a domain such as example.com',
  );

const backend = z.strictObject({
  url: backendUrl.describe(
    'http(s)://host:port; dns+http(s)://name:port for every address of a name; ' +
      'srv+http(s)://_service._tcp.name for every SRV record of a service.',
  ),
  weight,
  priority: between(0, 100)
    .default(0)
    .describe(
      'Backends with a higher number get requests only while all backends with a lower number are unhealthy or full.',
    ),
});

const stickiness = z.strictObject({
  type: z
    .enum(['none', 'cookie'])
    .default('none')
    .describe(
      "cookie: routes a client's later requests to the backend that answered it first, while that backend exists.",
    ),
  cookieName: token.default('slipstream_backend').describe('Name of the cookie that the gateway sets.'),
  paths: z.array(path).min(1).max(100).default(['/']).describe('Path prefixes of sticky requests.'),
  secret: secret(z.string().min(16, 'must have 16 characters or more'))
    .optional()
    .describe(
      "Key that signs the cookie. Default: made from the backends' URLs, so that gateways with the same " +
        'backends share it.',
    ),
  sameSite: z
    .enum(['lax', 'strict', 'none'])
    .default('lax')
    .describe('SameSite attribute of the cookie. none also sets Secure, which browsers require.'),
  domain: cookieDomain
    .optional()
    .describe(
      'Domain attribute of the cookie: hosts below this domain receive it too. Default: only the host that set it.',
    ),
  maxAgeSeconds: between(1, 34_560_000).optional().describe('Lifetime of the cookie. Default: until the browser ends.'),
});

const hashOn = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('address') }),
  z.strictObject({ type: z.literal('cookie'), name: token }),
  z.strictObject({ type: z.literal('header'), name: token }),
]);

const health = z
  .strictObject({
    path: path.default('/health').describe('Path that health checks request from each backend.'),
    intervalMs: milliseconds
      .default(30_000)
      .describe('Interval between the checks of a backend with a stable state. Other backends are checked more often.'),
    timeoutMs: milliseconds.default(5_000).describe('Time limit of a check, from connecting to the end of the answer.'),
    healthyThreshold: count
      .default(2)
      .describe('Number of passed checks in a row that make an unhealthy backend healthy.'),
    unhealthyThreshold: count
      .default(2)
      .describe('Number of failed checks in a row that make a healthy backend unhealthy.'),
    minStatus: between(100, 599).default(200).describe('Lowest status of a passed check.'),
    maxStatus: between(100, 599).default(299).describe('Highest status of a passed check.'),
    expectedBody: z
      .string()
      .min(1)
      .max(1000)
      .optional()
      .describe('Text that the first 64 KiB of the answer must contain.'),
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
        'Header fields of the checks, WebSocket checks included. Default Host: the value of web.host, else the ' +
          'name from discovery.',
      ),
    webSocketPath: path
      .optional()
      .describe(
        'Path of a WebSocket check. A backend fails it if the handshake or the first message is missing while ' +
          'other backends pass. It finds backends that answer HTTP but no WebSocket.',
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
    .describe('Number of 5xx answers, resets and timeouts in a row that eject a backend. 0: off.'),
  errorRatio: ratio.default(0.5).describe('Share of failed requests in a window that ejects a backend. 0: off.'),
  minRequests: count
    .default(20)
    .describe('Smallest number of requests in a window for errorRatio and latencyFactor to apply.'),
  windowMs: milliseconds.default(10_000).describe('Length of the window of errorRatio and latencyFactor.'),
  latencyFactor: number
    .min(0)
    .max(1000)
    .default(0)
    .describe('Multiple of the median latency of the other backends that ejects a backend. 0: off.'),
  minLatencyMs: milliseconds.default(1000).describe('Smallest latency that latencyFactor can eject for.'),
  ejectionMs: milliseconds.default(30_000).describe('Length of the first ejection. Each further one is twice as long.'),
  maxEjectionMs: milliseconds.default(300_000).describe('Length of the longest ejection.'),
  maxEjectedRatio: ratio.default(0.5).describe('Largest share of the pool that is ejected at a time.'),
});

const retries = z.strictObject({
  maxTries: between(1, 10).default(3).describe('Largest number of tries per request.'),
  budgetRatio: ratio.default(0.2).describe('Largest ratio of retries to requests in the whole pool.'),
  minPerSecond: between(0, 1000).default(10).describe('Number of retries per second that are always allowed.'),
  replayMaxBytes: whole
    .min(0)
    .max(16 * 1024 * 1024)
    .default(64 * 1024)
    .describe('Largest request body that is kept until the answer begins, so that a retry can send it again.'),
});

const queue = z.strictObject({
  maxLength: whole
    .min(0)
    .max(100_000)
    .default(1000)
    .describe('Largest number of requests that wait for a backend. Further ones get 503.'),
  timeoutMs: milliseconds.default(5000).describe('Longest time that a request waits.'),
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
    .describe('Buffer of one answer. 0: no buffer.'),
  totalBytes: whole
    .min(0)
    .max(64 * 1024 * 1024 * 1024)
    .default(64 * 1024 * 1024)
    .describe('Buffers of all answers of a process together.'),
});

/** Settings of the web pool. */
export const webSchema = z.strictObject({
  preset: z
    .enum(Object.keys(PRESETS) as [keyof typeof PRESETS])
    .optional()
    .describe(
      'Defaults of health checks, timeouts, stickiness, limits and cache rules for a known application. Each ' +
        'can be overridden.',
    ),
  backends: z.array(backend).max(1000).superRefine(eachOnce).default([]).describe('Backends of the web application.'),
  overlayFile: z
    .string()
    .min(1)
    .max(4096)
    .default('.slipstream/web-backends.json')
    .describe('File with a copy of the changes made at run time. It is read if MongoDB is unavailable at the start.'),
  overlayStore: z
    .enum(['mongodb', 'file'])
    .default('mongodb')
    .describe(
      'Store of the changes made at run time. mongodb: shared by all gateways. file: overlayFile itself, for one ' +
        'gateway without MongoDB.',
    ),
  discoveryIntervalMs: milliseconds.default(5000).describe('Interval of the DNS queries for dns+ and srv+ backends.'),
  strategy: z
    .enum(['least_connections', 'round_robin', 'p2c_ewma', 'consistent_hash'])
    .default('least_connections')
    .describe(
      'Balancing strategy: fewest connections by weight; in turn; the faster of two random backends; by a hash ' +
        'of hashOn.',
    ),
  hashOn: hashOn.prefault({ type: 'address' }).describe('Property of the request that consistent_hash hashes.'),
  stickiness: stickiness.prefault({}),
  health: health.prefault({}),
  outliers: outliers.prefault({}),
  panicRatio: ratio
    .default(0)
    .describe(
      'If the healthy share of the pool falls below this ratio, ejected backends receive traffic again (panic ' +
        'mode). 0: never.',
    ),
  slowStartMs: offOrMilliseconds
    .default(10_000)
    .describe('Time in which a recovered backend returns to its full weight. 0: at once.'),
  maxConnections: whole
    .min(0)
    .max(1_000_000)
    .default(0)
    .describe('Largest number of requests per backend at a time, without WebSockets. 0: no limit.'),
  queue: queue.prefault({}),
  retries: retries.prefault({}),
  host: hostName
    .default('preserve')
    .describe(
      "Host of requests to backends, WebSockets and health checks included. preserve: the client's Host. " +
        "backend: host and port of the backend's URL. Any other value: this name. X-Forwarded-Host always " +
        "carries the client's Host.",
    ),
  tls: upstreamTlsSchema.prefault({}),
  responseBuffer: responseBuffer
    .prefault({})
    .describe(
      'Buffer for answers that a slow client has not accepted yet. It frees the backend before the client has ' +
        'the whole answer.',
    ),
  errorPageFile: file
    .optional()
    .describe(
      'HTML file that replaces the built-in page for browsers while the application cannot answer (502, 503, 504). ' +
        'It may contain {{message}}, {{seconds}}, {{status}} and {{requestId}}.',
    ),
  cache: webCacheSchema.prefault({}),
  assets: webAssetsSchema.prefault({}),
  cdn: webCdnSchema.prefault({}),
  connectTimeoutMs: milliseconds
    .default(2000)
    .describe('Time limit for connecting. After it, another backend is tried.'),
  headersTimeoutMs: milliseconds
    .default(60_000)
    .describe('Time limit from the end of the request to the header of the answer.'),
  idleTimeoutMs: milliseconds
    .default(300_000)
    .describe('Longest pause within an answer. Event streams and WebSockets are exempt.'),
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
