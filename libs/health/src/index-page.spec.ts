import { afterEach, expect, it, vi } from 'vitest';
import { createTelemetry } from '@slipstream/telemetry';
import { createManagement, Lifecycle, type Management } from './index.js';

let management: Management | undefined;
afterEach(() => management?.close());

it('links to all pages, escaped, under a policy that allows no script', async () => {
  const { registry, nestLogger } = createTelemetry({ processName: 'test', level: 'silent' });
  const guard = vi.fn(async () => {
    throw new Error('no key');
  });
  management = await createManagement({
    host: '127.0.0.1',
    port: 0,
    indicators: [],
    lifecycle: new Lifecycle(),
    metrics: () => registry.metrics(),
    logger: nestLogger,
    links: [{ path: '/admin/things', text: '<script>alert("1")</script> & more' }],
    guard,
  });
  const url = await management.listen();
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'unsafe-inline';/);
  const page = await answer.text();
  expect(page).toContain('<a href="/admin/things">/admin/things</a>');
  expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; more');
  expect(page).not.toContain('<script');
  for (const [, path] of page.matchAll(/href="(\/(?:health|metrics)[^"]*)"/g))
    expect((await fetch(new URL(path!, url))).status).toBe(200);
  expect(guard).not.toHaveBeenCalled();
  expect((await fetch(new URL('/admin/things', url))).status).not.toBe(200);
  expect(guard).toHaveBeenCalled();
});
