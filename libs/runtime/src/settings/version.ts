import { readFileSync } from 'node:fs';

/** Version of this package, which is the workspace's. */
export const version = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;
