import { z } from 'zod';
import { between, bytes, milliseconds, whole } from './numbers.js';
import { pathPattern } from './path-pattern.js';

const YEAR_MS = 31_536_000_000;
const duration = whole.min(0).max(YEAR_MS);
const tag = z
  .string()
  .regex(
    /^[a-z][\w-]*(?::[\w.-]+|:\{[a-z]\w*\})?$/i,
    'must be a word, optionally followed by :text, :{place} or :{user}',
  )
  .refine((text) => !/^person(?::|$)|:\{person\}$/.test(text), 'must say user instead of person (renamed)');
const tags = z.array(tag).max(20);
const method = z.string().regex(/^[A-Z]{1,20}$/, 'must be a method, in capitals');

const readRule = z.strictObject({
  class: z
    .enum(['immutable', 'public', 'private', 'never'])
    .describe(
      'immutable and public: all clients share one stored answer. private: clients with the same credentials ' +
        'share one. never: not stored.',
    ),
  ttlMs: duration
    .optional()
    .describe('Time for which an answer is fresh. Default: a year if immutable, a minute if public, 5 s if private.'),
  staleWhileRevalidateMs: duration
    .optional()
    .describe('Time after ttlMs during which the stale answer is sent while it is renewed. Default 0.'),
  staleIfErrorMs: duration
    .optional()
    .describe('Time after ttlMs during which the stale answer is sent if the backends fail. Default 0.'),
  tags: tags
    .optional()
    .describe(
      'Writes and purges find the answer by these tags. {place} is a segment of the path; :{user} is the ' +
        'requesting user. Private answers always have user:{user}.',
    ),
  unlessParameter: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('Query parameter that requests a new answer. A request with it neither reads nor stores.'),
});

const writeRule = z.strictObject({
  methods: z
    .array(method)
    .min(1)
    .max(10)
    .optional()
    .describe('Methods that count as a write. Default: all but GET, HEAD and OPTIONS.'),
  drops: tags.describe('Tags of the stored answers that the write drops. Empty: none.'),
  cooldownTags: tags
    .optional()
    .describe('Tags of answers that keep changing after the write. They are not stored during cooldownMs.'),
  cooldownMs: milliseconds
    .optional()
    .describe('How long answers with a tag of cooldownTags are not stored after the write. Default 120000.'),
});

/** Settings of the response cache of the web pool. */
export const webCacheSchema = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe('Whether answers are stored, as RFC 9111 and the rules in reads allow. Heuristic freshness is not used.'),
  maxBytes: bytes
    .optional()
    .describe(
      "Memory limit of the response cache of each process. Default: a quarter of the process's share of " +
        'memory.maxBytes.',
    ),
  maxBodyBytes: bytes.default(8 * 1024 * 1024).describe('Largest body that is stored. Larger ones are only passed on.'),
  staleRetentionMs: between(0, 604_800_000)
    .default(3_600_000)
    .describe('Time for which a stale answer is kept for revalidation.'),
  unreachableGraceMs: between(0, 604_800_000)
    .default(60_000)
    .describe('Time for which a stale answer is sent while no backend can be reached.'),
  coalesceWaitMs: between(1, 600_000)
    .default(3_000)
    .describe(
      "Longest time that a client waits for another client's fetch. After it, the client gets a stale-if-error " +
        'response, or its request goes to another backend.',
    ),
  secret: z
    .string()
    .min(16, 'must have 16 characters or more')
    .optional()
    .describe('Key of the hash that separates the answers of different credentials. Default: made from mongodb.uri.'),
  tokenCookies: z
    .array(z.string().min(1).max(100))
    .max(10)
    .default(['token'])
    .describe("Cookies that carry a user's JSON Web Token, besides Authorization: Bearer."),
  userClaim: z
    .string()
    .min(1)
    .max(100)
    .default('id')
    .describe('Claim of the token that identifies the user. It only names tags; the token is not verified.'),
  ignoredCookies: z
    .array(z.string().min(1).max(100))
    .max(100)
    .default([])
    .describe(
      "Cookies that do not identify a user. * at the end of a name matches any rest. The gateway's own cookie " +
        'is always ignored.',
    ),
  reads: z
    .record(pathPattern, readRule)
    .default({})
    .describe('Rules for stored answers, by path. The most specific path applies.'),
  writes: z
    .record(pathPattern, writeRule)
    .default({})
    .describe(
      'Rules for writes, by path: which stored answers a write drops. Without a rule: all private answers of ' +
        'the requesting user.',
    ),
});
