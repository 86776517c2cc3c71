import type { ManagementLink } from '@slipstream/health';

/** Links of the index page of the management listener. */
export const ADMIN_LINKS: readonly ManagementLink[] = [
  { path: '/admin/backends', text: 'backends of every pool, with state and load' },
  { path: '/admin/cache', text: 'size and hit rate of the caches' },
  { path: '/admin/cdn', text: 'purges of the CDN' },
  { path: '/admin/assets', text: 'assets that were made smaller, and dictionaries' },
  { path: '/admin/queues', text: 'messages in the queues, and dead letters' },
  { path: '/admin/queries', text: 'database queries, with the time that they take' },
  { path: '/admin/queries/advice', text: 'advice about indexes and queries' },
  { path: '/admin/queries/indexes', text: 'trials of advised indexes' },
  { path: '/admin/queries/hints', text: 'hints of queries' },
  { path: '/admin/audit', text: 'the latest changes of admins' },
  { path: '/docs', text: 'description of the native API' },
  { path: '/docs/admin', text: 'description of /admin' },
];
