import { z } from 'zod';
import { between, bytes, milliseconds, whole } from './numbers.js';

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
const pattern = z
  .string()
  .max(1000)
  .regex(
    /^(?:\/(?:[^/*{}\s?#]*|\{[a-z]\w*\}))*(?:\/\*\*)?$/i,
    'must begin with /; {name} stands for one segment, ** at its end for any rest',
  )
  .refine((text) => !text.includes('{user}'), 'must not name a segment {user}: in tags, {user} is the requesting user')
  .startsWith('/');

const readRule = z.strictObject({
  class: z
    .enum(['immutable', 'public', 'private', 'never'])
    .describe(
      'immutable and public: one answer for everybody. private: one for each who asks with the same credentials. never: not stored.',
    ),
  ttlMs: duration
    .optional()
    .describe('How long an answer is fresh. Default: a year if immutable, a minute if public, 5 s if private.'),
  staleWhileRevalidateMs: duration
    .optional()
    .describe('How long after that it may still be given, while it is renewed. Default 0.'),
  staleIfErrorMs: duration
    .optional()
    .describe('How long after that it may still be given when the backends fail. Default 0.'),
  tags: tags
    .optional()
    .describe(
      'Writes and purges find the answer by these tags. {place} is a segment of the path; :{user} is the requesting user. Private answers always have user:{user}.',
    ),
  unlessParameter: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('A parameter of the query that asks for a new answer.'),
});

const writeRule = z.strictObject({
  methods: z.array(method).min(1).max(10).optional().describe('Default: all but GET, HEAD and OPTIONS.'),
  drops: tags.describe('Tags of the answers that it makes stale; none: nothing that is stored.'),
  cooldownTags: tags
    .optional()
    .describe('Tags of answers that keep changing after the write. They are not stored during cooldownMs.'),
  cooldownMs: milliseconds
    .optional()
    .describe('How long answers with a tag of cooldownTags are not stored after the write. Default 120000.'),
});

/** The response cache before the web pool. */
export const webCacheSchema = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe('Whether answers are stored, as RFC 9111 and the rules in reads allow. Nothing is fresh by guess.'),
  maxBytes: bytes
    .optional()
    .describe(
      "Memory of the stored answers of each process. Default: a quarter of the process's part of memory.maxBytes.",
    ),
  maxBodyBytes: bytes.default(8 * 1024 * 1024).describe('Larger bodies are passed on, and not stored.'),
  staleRetentionMs: between(0, 604_800_000)
    .default(3_600_000)
    .describe('How long a stale answer is kept, to be asked about.'),
  unreachableGraceMs: between(0, 604_800_000)
    .default(60_000)
    .describe('How long a stale answer may stand in while no backend can be reached.'),
  coalesceWaitMs: between(1, 600_000)
    .default(3_000)
    .describe(
      'Longest that clients wait for the fetch of another client. Then they get a stale answer that may be used while backends fail, or ask another backend.',
    ),
  secret: z
    .string()
    .min(16, 'must have 16 characters or more')
    .optional()
    .describe('Key of the hash by which credentials are kept apart. Default: made of mongodb.uri.'),
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
      "Cookies that say nothing of who asks; * at the end of a name stands for any rest. The gateway's own is one of them.",
    ),
  reads: z
    .record(pattern, readRule)
    .default({})
    .describe('By path: what is stored, for whom and for how long. The most specific path counts.'),
  writes: z
    .record(pattern, writeRule)
    .default({})
    .describe(
      'By path: what a request that changes something makes stale. Without one: all private answers of who made it.',
    ),
});
