import { z } from 'zod';
import { ROLES, id } from '@slipstream/contracts';
import { eachOnce } from './each-once.js';
import { host, hostNames, listenSchema } from './listen.schema.js';
import { between, bytes, count, milliseconds, port, weight, whole } from './numbers.js';
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
  'must not hold credentials: they go into apiKey',
);

const ONE_OR_MORE = "must be 1 to 64, or 'auto'";
const processes = z
  .union([between(1, 64, ONE_OR_MORE), z.literal('auto')], ONE_OR_MORE)
  .default(1)
  .describe('Processes of the gateway on this machine, which share its ports; auto: one per core.');

const management = z.strictObject({
  host: host
    .default('127.0.0.1')
    .describe('Address of the management listener. Another than a loopback address needs an admin key.'),
  port: port.describe(
    'Port of health, metrics and admin. Default: 9901; chat-worker 9902, document-worker 9903, notification-worker 9904; 0 takes a free one.',
  ),
  allowedHosts: hostNames.describe(
    'Names, such as gateway.example.org or *.example.org, by which the management listener is asked, besides addresses, names without a dot, and names below .svc, .svc.cluster.local, .internal and .localhost; others get 421.',
  ),
});

const key = z
  .strictObject({
    id: secretId.describe('Name of the key in logs.'),
    hash: secretHash.describe('Hash of the key, sha256:…, as npm run key prints it.'),
    role: z
      .enum(ROLES)
      .describe(
        'admin: may do everything; service: acts for the user that X-Slipstream-User names; user: acts for its own user.',
      ),
    user: id.optional().describe('Id of the user that owns the key. Required with role user, refused otherwise.'),
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
    'must have ids that differ: an id names its key in the logs',
  )
  .default([])
  .describe('Who may come in; without any, this machine only. npm run key makes one.');

const redis = z.strictObject({ url: secret(redisUrl) });

const rabbitmq = z.strictObject({
  url: secret(
    url(/^(?:amqps?:\/\/|memory:)/i, 'memory:, or amqp://host:port or amqps://, credentials percent-encoded'),
  ).describe(
    'Queues: amqp://, amqps://, or memory: (in the process; npm start only). Default: memory: of npm start, amqp://127.0.0.1:5672 of a service by itself.',
  ),
});

const mongodb = z
  .strictObject({
    uri: secret(z.string().regex(/^mongodb(?:\+srv)?:\/\/.+/, 'must begin with mongodb:// or mongodb+srv://'))
      .default('mongodb://127.0.0.1:27017/slipstream')
      .describe(
        'Users, chats, jobs, notifications, and what was changed at run time. Without it npm start finds or starts a MongoDB.',
      ),
    maxPoolSize: count.default(50).describe('Most connections of one process.'),
    minPoolSize: whole.min(0).max(1000).default(10).describe('Connections kept open when idle.'),
    maxIdleTimeMs: milliseconds
      .default(30_000)
      .describe('An idle connection above the minimum is closed after this long.'),
    waitQueueTimeoutMs: milliseconds.default(10_000).describe('How long an operation may wait for a free connection.'),
    slowQueryMs: milliseconds
      .default(100)
      .describe('A query that takes this long is logged and counted as slow, without its values.'),
  })
  .refine(({ minPoolSize, maxPoolSize }) => minPoolSize <= maxPoolSize, {
    path: ['minPoolSize'],
    message: 'must be at most maxPoolSize',
  });

const llm = z.strictObject({
  backends: z
    .array(
      z.strictObject({
        url: modelServerUrl.describe('With its path, which often is /v1.'),
        weight,
        apiKey: secret(z.string().min(1)).optional().describe('Sent to this backend as a bearer token.'),
      }),
    )
    .max(1000)
    .superRefine(eachOnce)
    .default([])
    .describe('OpenAI-compatible base URLs, such as http://127.0.0.1:8000/v1. None: an in-process demo model answers.'),
  tls: upstreamTlsSchema.prefault({}),
  connectTimeoutMs: milliseconds.default(5000).describe('Until there is a connection; then another backend is tried.'),
  firstTokenTimeoutMs: milliseconds.default(60_000).describe('From the request to the first piece of the answer.'),
  stallTimeoutMs: milliseconds.default(60_000).describe('Longest silence within an answer.'),
  maxBodyBytes: bytes.default(20 * 1024 * 1024).describe('Largest request body on /v1.'),
});

const chat = z.strictObject({
  concurrency: count.default(32).describe('Chats that one worker answers at a time.'),
  concurrencyPerModel: count
    .optional()
    .describe(
      'Most chats that one worker answers with one model at a time. Default: what fair sharing leaves to a model, three quarters of concurrency if no other is asked.',
    ),
  leaseMs: milliseconds
    .min(1000)
    .default(10_000)
    .describe('A worker that is not heard of for this long has lost its job to another.'),
  sweepIntervalMs: milliseconds.default(2000).describe('How often overdue jobs are looked for.'),
  maxAttempts: count.default(5).describe('Generation is begun at most this often.'),
  maxOpenJobs: count
    .default(10_000)
    .describe(
      'While so many generations are open, more are refused with 503 and Retry-After; background ones from half of it.',
    ),
  historyMaxMessages: count.default(100).describe('Earlier messages of the chat that the model is told.'),
});

const events = z.strictObject({
  retentionMs: milliseconds.default(3_600_000).describe('How long the events of a job can be replayed after its end.'),
  maxSubscribers: count
    .default(10_000)
    .describe(
      'Event streams of jobs and inboxes that one process has open; further ones are refused with 503 and Retry-After.',
    ),
  maxSubscribersPerUser: count.default(200).describe("The same for the streams of one user's jobs and inbox."),
});

const cache = z.strictObject({
  prefix: z.string().max(64).default('slipstream:').describe('Begins every key in Redis.'),
  ttlSeconds: whole
    .min(1)
    .max(2_592_000)
    .default(3600)
    .describe('How long a value is fresh, less up to a tenth, so that not all end at once.'),
  maxBytes: bytes
    .optional()
    .describe("Memory of the cache of each process. Default: a sixteenth of the process's part of memory.maxBytes."),
});

const memory = z.strictObject({
  maxBytes: between(256 * 1024 * 1024, Number.MAX_SAFE_INTEGER)
    .optional()
    .describe(
      "Memory of all processes of this service on this machine together. Sets the sizes of the caches and of V8's heap. Default: the container's limit; without one a quarter of the machine's memory, at most 2 GiB for each process.",
    ),
});

const log = z.strictObject({
  level: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('What is less serious is not logged.'),
});
const shutdown = z.strictObject({
  graceMs: milliseconds.default(30_000).describe('How long running requests and jobs may take to end.'),
});

/** Everything that can be set, with its default where that is the same for all services. */
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
  notifications: notificationsSchema.prefault({}),
  events: events.prefault({}),
  cache: cache.prefault({}),
  memory: memory.prefault({}),
  log: log.prefault({}),
  shutdown: shutdown.prefault({}),
});

export type Settings = z.infer<typeof configSchema>;

/** The sections that can contradict each other; read alone too, so that a mistake elsewhere hides none of theirs. */
export const exposureSchema = configSchema
  .pick({ listen: true, processes: true, management: true, keys: true, redis: true, rabbitmq: true })
  .strip();
export type Exposure = z.infer<typeof exposureSchema>;

/** Of what is no URL, nothing is said here. */
function hasNoCredentials(text: string): boolean {
  const url = URL.parse(text);
  return !url?.username && !url?.password;
}
