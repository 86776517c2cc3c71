import { z } from 'zod';
import { secret } from './secret.js';

const path = z
  .string()
  .max(1000)
  .regex(/^\/[^?#\s*]*(?:\/\*\*)?$/, 'must begin with /; ** at its end stands for any rest');
const signingKey = secret(z.string().min(32, 'must have 32 characters or more').max(1024));

const signing = z
  .strictObject({
    key: signingKey
      .optional()
      .describe(
        'Key that signs URLs (HMAC-SHA256) for the paths below. All gateways need the same. openssl rand -hex 32 ' +
          'makes one.',
      ),
    formerKey: signingKey
      .optional()
      .describe('The key before. URLs signed with it stay valid until their time ends, or the key is removed here.'),
    paths: z
      .array(path)
      .max(100)
      .default([])
      .describe('Paths that are served only with a valid signature, such as /files/**. Other requests get 403.'),
  })
  .refine(({ key, paths, formerKey }) => key !== undefined || (paths.length === 0 && formerKey === undefined), {
    path: ['key'],
    message: 'is required with paths and formerKey',
  });

/** Settings of the content delivery network in front of the gateway. */
export const webCdnSchema = z.strictObject({
  url: z
    .string()
    .max(1000)
    .refine(isBaseUrl, 'must be https://host or https://host/path, without credentials, query and fragment')
    .optional()
    .describe(
      'Base URL of a content delivery network (CDN) that fetches from this gateway. Without it, answers get no ' +
        'fields for a CDN, and URLs stay as they are.',
    ),
  tagField: z
    .enum(['none', 'surrogate-key', 'cache-tag'])
    .default('none')
    .describe(
      'Field with the tags of an answer, by which the CDN can purge it: surrogate-key (Fastly, Varnish) or cache-tag ' +
        '(Cloudflare).',
    ),
  signing: signing.prefault({}),
});

function isBaseUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
}
