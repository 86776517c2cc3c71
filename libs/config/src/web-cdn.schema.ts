import { z } from 'zod';
import { count, milliseconds } from './numbers.js';
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

const id = z.string().regex(/^[\w-]{1,128}$/, 'must be 1 to 128 letters, digits, - or _');
const httpUrl = z.string().max(1000).refine(isBaseUrl, 'must be http(s)://host, without credentials and query');

/** Further settings that each driver requires. */
const NEEDS = {
  none: [],
  cloudflare: ['zoneId', 'token'],
  fastly: ['serviceId', 'token'],
  purge: ['endpoints'],
} as const;

const purge = z
  .strictObject({
    driver: z
      .enum(['none', 'cloudflare', 'fastly', 'purge'])
      .default('none')
      .describe(
        'How purges reach the CDN. cloudflare, fastly: the API of the vendor. purge: the method PURGE at each of ' +
          'endpoints.',
      ),
    zoneId: id.optional().describe('Zone at Cloudflare.'),
    serviceId: id.optional().describe('Service at Fastly.'),
    token: secret(z.string().regex(/^[\x21-\x7e]{1,1000}$/, 'must be ASCII without spaces and line breaks'))
      .optional()
      .describe(
        'API token. Cloudflare: with the permission Cache Purge. Fastly: with the scopes purge_select and purge_all. ' +
          'purge: sent as bearer token, if set.',
      ),
    endpoints: z
      .array(httpUrl)
      .max(100)
      .default([])
      .describe('Addresses of the caches for driver purge, such as http://varnish-1:6081. Each gets every purge.'),
    apiUrl: httpUrl.optional().describe('Base URL of the API. Default: that of the vendor.'),
    timeoutMs: milliseconds.default(10_000).describe('Time limit of a call.'),
    maxPending: count
      .default(10_000)
      .describe('Number of purges that may wait. One more, and everything is purged instead.'),
  })
  .superRefine((settings, context) => {
    for (const name of NEEDS[settings.driver]) {
      const value = settings[name];
      if (value === undefined || value.length === 0)
        context.addIssue({ code: 'custom', path: [name], message: `is required with driver ${settings.driver}` });
    }
  });

const health = z.strictObject({
  paths: z
    .array(path)
    .max(10)
    .default([])
    .describe(
      'Public files that are compared at the CDN and here, best some that every release has. Empty: the CDN is not ' +
        'checked.',
    ),
  intervalMs: milliseconds.default(30_000).describe('Interval of the checks.'),
  timeoutMs: milliseconds.default(5_000).describe('Time limit of a request of a check.'),
  slowMs: milliseconds
    .default(2_000)
    .describe('A CDN that takes longer for a file, and longer than this gateway, fails the check.'),
  healthyThreshold: count.default(2).describe('Number of passed checks in a row that make an unhealthy CDN healthy.'),
  unhealthyThreshold: count.default(2).describe('Number of failed checks in a row that make a healthy CDN unhealthy.'),
});

const KINDS = ['scripts', 'styles', 'images', 'preloads'] as const;

/** Settings of the content delivery network in front of the gateway. */
export const webCdnSchema = z
  .strictObject({
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
        'Field with the tags of an answer, by which the CDN can purge it: surrogate-key (Fastly, Varnish) or ' +
          'cache-tag (Cloudflare).',
      ),
    rewrites: z
      .array(z.enum(KINDS))
      .max(KINDS.length)
      .default(['scripts', 'styles', 'images'])
      .describe(
        'References in HTML pages that are changed to URLs of the CDN, if their path has class immutable. preloads ' +
          '(preload, modulepreload): only if no inline script of the pages imports the same file from this host, ' +
          'because browsers would then load it twice. Empty: pages stay as they are.',
      ),
    health: health.prefault({}),
    signing: signing.prefault({}),
    purge: purge.prefault({}),
  })
  .refine(({ url, purge: { driver } }) => url !== undefined || driver === 'none', {
    path: ['url'],
    message: 'is required with purge.driver',
  });

function isBaseUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
}
