import { z } from 'zod';
import { ROLES, id } from '@slipstream/contracts';
import { documentsSchema } from './documents.schema.js';
import { eachOnce } from './each-once.js';
import { hasNoCredentials } from './has-no-credentials.js';
import { hostedAssetsSchema } from './hosted-assets.schema.js';
import { host, hostNames, listenSchema } from './listen.schema.js';
import { between, bytes, count, milliseconds, port, ratio, weight, whole } from './numbers.js';
import { notificationsSchema } from './notifications.schema.js';
import { redisUrl } from './redis-url.js';
import { secret } from './secret.js';
import { secretHash, secretId } from './secrets.schema.js';
import { upstreamTlsSchema } from './upstream-tls.schema.js';
import { webSchema } from './web.schema.js';

const url = (protocols: RegExp, hint: string) =>
  z.string().refine((text) => URL.canParse(text) && protocols.test(text), `must be ${hint}`);
const modelServerUrl = url(/^https?:\/\//i, 'a URL that begins with http:// or https://').refine(
  hasNoCredentials,
  'must not contain credentials; put them into apiKey',
);

const ONE_OR_MORE = "must be 1 to 64, or 'auto'";
const processes = z
  .union([between(1, 64, ONE_OR_MORE), z.literal('auto')], ONE_OR_MORE)
  .default(1)
  .describe('Number of gateway processes on this machine. They share its ports. auto: one per core.');

const management = z.strictObject({
  host: host
    .default('127.0.0.1')
    .describe('Address of the management listener. An address other than loopback requires an admin key.'),
  port: port.describe(
    'Port of health, metrics and admin. 0: any free port. Default: 9901; chat-worker 9902, document-worker ' +
      '9903, notification-worker 9904.',
  ),
  allowedHosts: hostNames.describe(
    'Host names that the management listener accepts, such as gateway.example.org or *.example.org. Addresses, ' +
      'names without a dot, and names below .svc, .svc.cluster.local, .internal and .localhost are always ' +
      'accepted. Other hosts get 421.',
  ),
});

const key = z
  .strictObject({
    id: secretId.describe('Name of the key in logs.'),
    hash: secretHash.describe('Hash of the key: sha256:…, as printed by npm run key.'),
    role: z
      .enum(ROLES)
      .describe(
        'admin: may do everything; service: acts for the user that X-Slipstream-User names; user: acts for its ' +
          'own user.',
      ),
    user: id
      .optional()
      .describe('Id of the user that owns the key. Required with role user, refused with other roles.'),
  })
  .refine(({ role, user }) => (role === 'user') === (user !== undefined), {
    path: ['user'],
    message: 'is required with role user, and refused with every other role',
  });

const keys = z
  .array(key)
  .max(10_000)
  .refine(
    (all) => new Set(all.map(({ id }) => id)).size === all.length,
    'must have different ids: an id identifies its key in the logs',
  )
  .default([])
  .describe('API keys. Without keys, only clients on this machine are served. npm run key makes a key.');

const redis = z.strictObject({ url: secret(redisUrl) });

const rabbitmq = z.strictObject({
  url: secret(
    url(/^(?:amqps?:\/\/|memory:)/i, 'memory:, or amqp://host:port or amqps://, credentials percent-encoded'),
  ).describe(
    'URL of RabbitMQ: amqp://, amqps://, or memory: (inside the process; npm start only). Default: memory: ' +
      'with npm start, else amqp://127.0.0.1:5672.',
  ),
});

const mongodb = z
  .strictObject({
    uri: secret(z.string().regex(/^mongodb(?:\+srv)?:\/\/.+/, 'must begin with mongodb:// or mongodb+srv://'))
      .default('mongodb://127.0.0.1:27017/slipstream')
      .describe(
        'URL of the MongoDB that stores users, chats, jobs, notifications and changes of the pool. If it is ' +
          'not set, npm start finds or starts a MongoDB.',
      ),
    maxPoolSize: count.default(50).describe('Largest number of connections of one process.'),
    minPoolSize: whole.min(0).max(1000).default(10).describe('Number of connections that stay open while idle.'),
    maxIdleTimeMs: milliseconds
      .default(30_000)
      .describe('Time after which an idle connection above minPoolSize is closed.'),
    waitQueueTimeoutMs: milliseconds
      .default(10_000)
      .describe('Longest time that an operation waits for a free connection.'),
    serverSelectionTimeoutMs: milliseconds
      .default(1500)
      .describe('Longest time that an operation looks for a server after a loss.'),
    socketTimeoutMs: milliseconds
      .default(30_000)
      .describe('Longest time without a byte from the server while an operation waits for its answer.'),
    slowQueryMs: milliseconds
      .default(100)
      .describe('Duration from which a query is logged and counted as slow. Its values are not logged.'),
    queryMonitor: z
      .boolean('must be true or false')
      .default(true)
      .describe(
        'Whether queries are observed by their shape. Without it there are no slow-query log, no statistics, no ' +
          'advice and no hints.',
      ),
  })
  .refine(({ minPoolSize, maxPoolSize }) => minPoolSize <= maxPoolSize, {
    path: ['minPoolSize'],
    message: 'must be at most maxPoolSize',
  });

const llm = z.strictObject({
  backends: z
    .array(
      z.strictObject({
        url: modelServerUrl.describe('Base URL with its path, which is often /v1.'),
        weight,
        apiKey: secret(z.string().regex(/^[\x21-\x7e]+$/, 'must be ASCII without spaces and line breaks'))
          .optional()
          .describe('API key that is sent to this backend as a bearer token. ASCII without spaces.'),
      }),
    )
    .max(1000)
    .superRefine(eachOnce)
    .default([])
    .describe(
      'Model servers, as OpenAI-compatible base URLs such as http://127.0.0.1:8000/v1. If the list is empty, a ' +
        'built-in demo model answers.',
    ),
  tls: upstreamTlsSchema.prefault({}),
  connectTimeoutMs: milliseconds
    .default(5000)
    .describe('Time limit for connecting. After it, another backend is tried.'),
  firstTokenTimeoutMs: milliseconds
    .default(60_000)
    .describe('Time limit from the request to the first piece of the answer.'),
  stallTimeoutMs: milliseconds.default(60_000).describe('Longest pause within an answer.'),
  maxBodyBytes: bytes.default(20 * 1024 * 1024).describe('Largest request body on /v1.'),
});

const chat = z.strictObject({
  concurrency: count.default(32).describe('Number of chats that one worker answers at a time.'),
  concurrencyPerModel: count
    .optional()
    .describe(
      "Largest number of chats that one worker answers with the same model at a time. Default: the model's " +
        'fair share, at most three quarters of chat.concurrency.',
    ),
  leaseMs: milliseconds
    .min(1000)
    .default(10_000)
    .describe(
      "Lifetime of a worker's claim on a job. If the worker does not renew it in time, another worker takes the job.",
    ),
  sweepIntervalMs: milliseconds.default(2000).describe('Interval at which the worker looks for overdue jobs.'),
  maxAttempts: count.default(5).describe('Largest number of attempts per job.'),
  maxOpenJobs: count
    .default(10_000)
    .describe(
      'Largest number of open jobs. Further ones get 503 with Retry-After. Background jobs are refused from ' +
        'half of it on.',
    ),
  historyMaxMessages: count.default(100).describe('Number of earlier messages of the chat that are sent to the model.'),
  historyMaxBytes: bytes
    .default(1024 * 1024)
    .describe('Size of these messages, in UTF-8; the oldest ones are left out. A worker keeps them in memory.'),
});

const events = z.strictObject({
  retentionMs: milliseconds
    .default(3_600_000)
    .describe('Time for which the events of a job can be replayed after its end.'),
  maxSubscribers: count
    .default(10_000)
    .describe(
      'Largest number of open event streams per process, of jobs and inboxes together. Further ones get 503 ' +
        'with Retry-After.',
    ),
  maxSubscribersPerUser: count.default(200).describe('Largest number of open event streams per user and process.'),
});

const cache = z.strictObject({
  prefix: z.string().max(64).default('slipstream:').describe('Prefix of all keys in Redis.'),
  ttlSeconds: whole
    .min(1)
    .max(2_592_000)
    .default(3600)
    .describe(
      'Time for which a value is fresh. Up to a tenth is subtracted at random, so that values do not expire together.',
    ),
  maxBytes: bytes
    .optional()
    .describe(
      "Memory limit of the object cache of each process. Default: a sixteenth of the process's share of " +
        'memory.maxBytes.',
    ),
});

const memory = z.strictObject({
  maxBytes: between(256 * 1024 * 1024, Number.MAX_SAFE_INTEGER)
    .optional()
    .describe(
      'Memory of all processes of this service on this machine together. ' +
        "Sets the sizes of the caches and of V8's heap. Default: the container's limit; " +
        "without one a quarter of the machine's memory, at most 2 GiB for each process.",
    ),
});

const log = z.strictObject({
  level: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('Lowest level that is logged.'),
  access: z
    .enum(['off', 'errors', 'slow', 'all'])
    .default('slow')
    .describe(
      'Requests with a line in the access log. errors: requests that failed (status 400 and above, or a broken ' +
        'answer); slow: these, and requests that take slowMs or longer; all; off.',
    ),
  slowMs: milliseconds
    .default(1000)
    .describe('Duration from which a request is slow. Of event streams and WebSockets, the time until their head.'),
  accessFormat: z
    .enum(['json', 'combined'])
    .default('json')
    .describe('Form of the lines of the access log: JSON as in the other lines, or the combined format of nginx.'),
  accessQuery: z
    .boolean('must be true or false')
    .default(false)
    .describe('Whether the access log contains the query of a URL. Queries may contain search terms of users.'),
  accessMaxPerSecond: count
    .default(1000)
    .describe('Largest number of lines per second and process. A process with more requests writes a sample.'),
});

const tracing = z.strictObject({
  endpoint: url(/^https?:\/\//i, 'a URL that begins with http:// or https://')
    .refine(hasNoCredentials, 'must not contain credentials; put them into authorization')
    .optional()
    .describe(
      'URL of an OpenTelemetry collector (OTLP over HTTP, JSON), such as http://127.0.0.1:4318/v1/traces. Without it, ' +
        'tracing is off.',
    ),
  authorization: secret(z.string().regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, 'must be printable ASCII'))
    .optional()
    .describe('Value of the Authorization field that the collector requires, such as Bearer ….'),
  sampleRatio: ratio
    .default(0.1)
    .describe('Share of new traces that are recorded. The caller decides about traces of trusted peers.'),
  queueMaxSpans: count
    .default(4096)
    .describe('Largest number of spans of one process that wait for the collector. Further ones are dropped.'),
  timeoutMs: milliseconds.default(5000).describe('Time limit of one export. Its spans are dropped if it fails.'),
});

const shutdown = z.strictObject({
  graceMs: milliseconds.default(30_000).describe('Time limit for running requests and jobs to end.'),
});

/** Every setting, with its default if that is the same for all services. */
export const configSchema = z.strictObject({
  listen: listenSchema.prefault({}),
  processes,
  management,
  keys,
  redis,
  rabbitmq,
  mongodb: mongodb.prefault({}),
  web: webSchema.prefault({}),
  llm: llm.prefault({}),
  chat: chat.prefault({}),
  documents: documentsSchema.prefault({}),
  notifications: notificationsSchema.prefault({}),
  hostedAssets: hostedAssetsSchema.prefault({}),
  events: events.prefault({}),
  cache: cache.prefault({}),
  memory: memory.prefault({}),
  log: log.prefault({}),
  tracing: tracing.prefault({}),
  shutdown: shutdown.prefault({}),
});

export type Settings = z.infer<typeof configSchema>;

/** Sections that can contradict each other. They are also validated alone, so that no other mistake hides theirs. */
export const exposureSchema = configSchema
  .pick({ listen: true, processes: true, management: true, keys: true, redis: true, rabbitmq: true })
  .strip();
export type Exposure = z.infer<typeof exposureSchema>;
