import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { GIVE_UP_SOON, isInstallStale, showProgress } from './install.mjs';

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

it('shows every five seconds how far npm ci is, until it ends', () => {
  vi.useFakeTimers();
  const root = mkdtempSync(join(tmpdir(), 'install-'));
  const lines: string[] = [];
  const stop = showProgress(root, (line) => lines.push(line));
  vi.advanceTimersByTime(5_000);
  for (const name of ['zod', '@nx/js', '@nx/workspace', '.bin'])
    mkdirSync(join(root, 'node_modules', name), { recursive: true });
  vi.advanceTimersByTime(5_000);
  stop();
  vi.advanceTimersByTime(60_000);
  vi.useRealTimers();
  rmSync(root, { recursive: true });
  expect(lines).toEqual(['npm ci: 0 packages after 5 s', 'npm ci: 3 packages after 10 s']);
});

it('npm accepts the limits of waiting for the network', async () => {
  const registry = createServer((_, response) => response.setHeader('content-type', 'application/json').end('{}'));
  await once(registry.listen(0, '127.0.0.1'), 'listening');
  const { port } = registry.address() as AddressInfo;
  const ping = promisify(execFile)('npm', ['ping', `--registry=http://127.0.0.1:${port}/`, ...GIVE_UP_SOON]);
  await expect(ping).resolves.toMatchObject({ stderr: expect.stringContaining('PONG') as string });
  registry.close();
});
