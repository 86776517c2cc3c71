import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { improved } from '../caching/testing/improved-answer.js';
import { PresetGateways } from '../caching/testing/preset-gateways.js';
import { request } from '../caching/testing/raw-request.js';

const gateways = new PresetGateways();
let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'asset-metrics-'))));
afterEach(async () => {
  await gateways.close();
  rmSync(directory, { recursive: true, force: true, maxRetries: 10 }); // a thread may write its last file
});

const SCRIPT = 'export const a = 1;\n'.repeat(2_000);
const BROWSER = { 'accept-encoding': 'br' };
const WAIT = { timeout: 25_000, interval: 20 };
const start = (settings: object) =>
  gateways.start(
    ({ url }, response) =>
      void response.setHeader('content-type', url?.endsWith('.js') ? 'text/javascript' : 'text/html').end(SCRIPT),
    { directory, ...settings },
  );

it('show what was made, the folder, and the dictionaries', async () => {
  const { url, registry } = await start({ dictionaries: true, dictionaryDelayMs: 50 });
  await request(`${url}/_app/immutable/a.js`, BROWSER);
  await improved(`${url}/_app/immutable/a.js`, BROWSER);
  const link = await vi.waitFor(async () => {
    const { headers } = await request(url, { 'sec-fetch-dest': 'document' });
    expect(headers.link).toBeDefined();
    return String(headers.link);
  }, WAIT);
  await request(url + /<(.*?)>/.exec(link)![1]!, BROWSER);
  const text = await registry.metrics();
  for (const line of [
    'slipstream_assets_variants_total{kind="compression",coding="br",outcome="smaller"} 1',
    'slipstream_assets_waiting 0',
    'slipstream_assets_worker_ends_total{worker="transformer",cause="crashed"} 0',
    'slipstream_assets_store_evictions_total 0',
    'slipstream_assets_store_write_errors_total 0',
    'slipstream_assets_dictionaries_made_total 1',
    'slipstream_assets_dictionary_downloads_total 1',
    'slipstream_assets_difference_answers_total{coding="dcz"} 0',
  ])
    expect(text).toContain(`\n${line}\n`);
  expect(text).toMatch(/\nslipstream_assets_saved_bytes_total{kind="compression"} \d{5}\n/);
  expect(text).toMatch(/\nslipstream_assets_store_bytes [1-9]\d+\n/);
});

it('have help, and no value, while assets stay as they are', async () => {
  const { registry } = await start({ compression: false });
  const text = await registry.metrics();
  expect(text).toContain('# HELP slipstream_assets_variants_total ');
  expect(text).not.toMatch(/^slipstream_assets_/m);
});
