import { z } from 'zod';

/** A pattern of paths, as the cache rules have it. */
export const pathPattern = z
  .string()
  .max(1000)
  .regex(
    /^(?:\/(?:[^/*{}\s?#]*|\{[a-z]\w*\}))*(?:\/\*\*)?$/i,
    'must begin with /; {name} stands for one segment, ** at its end for any rest',
  )
  .refine((text) => !text.includes('{user}'), 'must not name a segment {user}: in tags, {user} is the requesting user')
  .startsWith('/');
