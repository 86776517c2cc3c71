import { z } from 'zod';

const text = z.string().min(1).max(8192);
const tag = z.string().min(1).max(300);

/** Scope of a purge of the response cache: exactly one of these. */
const WHAT = ['url', 'prefix', 'tag', 'entity', 'everything'] as const;

/** Body of `POST /admin/cache/purge`. */
export const purgeCache = z
  .strictObject({
    url: text
      .regex(/^(?:https?:\/\/[^/\s]+)?\/\S*$/i, 'must be a path with its query, at every host, or an absolute URL')
      .optional(),
    prefix: text
      .regex(/^(?:https?:\/\/[^/\s]+)?\/\S*$/i, 'must begin with /, for every host, or with http(s)://host/')
      .optional(),
    tag: tag.optional().describe('Such as models, or user:7.'),
    entity: tag
      .regex(
        /^(?:user|chat|model|document):\S+$/,
        'must be user:, chat:, model: or document: and an id, such as chat:42; use tag for everything else',
      )
      .optional(),
    everything: z.literal(true).optional(),
    soft: z
      .boolean()
      .default(false)
      .describe('true: dropped answers may still be sent while they are revalidated, and while the backends fail.'),
  })
  .refine((body) => WHAT.filter((each) => body[each] !== undefined).length === 1, `needs one of ${WHAT.join(', ')}`);

export type PurgeCache = z.infer<typeof purgeCache>;
