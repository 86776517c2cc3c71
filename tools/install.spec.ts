import { describe, expect, it } from 'vitest';
import { isInstallStale } from './install.mjs';

const wanted = {
  '': { version: '0.1.0' },
  'libs/cache': { version: '0.1.0' },
  'node_modules/zod': { version: '4.6.7' },
  'node_modules/@nx/nx-darwin-x64': { version: '23.2.1', optional: true },
};
const installed = { 'libs/cache': { version: '0.1.0' }, 'node_modules/zod': { version: '4.6.7' } };

describe('isInstallStale', () => {
  it.each<{ when: string; now?: Record<string, { version?: string }>; stale: boolean }>([
    { when: 'nothing was ever installed', now: undefined, stale: true },
    { when: 'all that is required is there', now: installed, stale: false },
    { when: 'a package is missing', now: { 'libs/cache': { version: '0.1.0' } }, stale: true },
    {
      when: 'a package has another version',
      now: { ...installed, 'node_modules/zod': { version: '4.6.6' } },
      stale: true,
    },
    { when: 'a workspace is new', now: { 'node_modules/zod': { version: '4.6.7' } }, stale: true },
    {
      when: 'something more is there',
      now: { ...installed, 'node_modules/left-over': { version: '1.0.0' } },
      stale: false,
    },
  ])('is $stale when $when', ({ now, stale }) => {
    expect(isInstallStale(wanted, now)).toBe(stale);
  });
});
