import { pageQuery, type PageQuery } from '@slipstream/contracts';

const DEFAULT_LIMIT = pageQuery.parse({}).limit;

/**
 * Whether this is the default first page of a list. Only that page is cached, so that a write has one key to
 * invalidate.
 */
export const isFirstPage = ({ limit, cursor }: PageQuery): boolean => cursor === undefined && limit === DEFAULT_LIMIT;
