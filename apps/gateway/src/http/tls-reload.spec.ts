import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TlsPair } from '@slipstream/config';
import { makeSelfSignedPair } from './tls-pair.js';
import { TlsReload } from './tls-reload.js';

const WITHIN = { timeout: 30_000 };
const logger = { info: vi.fn(), error: vi.fn() };
const onPair = vi.fn();
let folder: string;
let former: TlsPair;
let renewed: TlsPair;
let sut: TlsReload;
const certFile = () => join(folder, 'tls.crt');
const keyFile = () => join(folder, 'tls.key');

beforeEach(async () => {
  vi.clearAllMocks();
  folder = await mkdtemp(join(tmpdir(), 'tls-reload-'));
  [former, renewed] = await Promise.all([makeSelfSignedPair('127.0.0.1'), makeSelfSignedPair('127.0.0.1')]);
  await Promise.all([writeFile(certFile(), former.cert), writeFile(keyFile(), former.key)]);
  sut = new TlsReload({
    certFile: certFile(),
    keyFile: keyFile(),
    current: former,
    onPair,
    logger,
  });
});
afterEach(async () => {
  sut.close();
  await rm(folder, { recursive: true, force: true });
});

/** Moves the text into the file's place at once, as tools that renew certificates do. */
async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}
const refusals = () => logger.error.mock.calls.map(([{ reason }]) => reason as string);

describe('files that hold no usable pair', { timeout: 60_000 }, () => {
  it.each<[string, string, () => Promise<unknown>]>([
    ['an empty certificate', 'certFile (TLS_CERT_FILE): contains no PEM certificate', () => writeFile(certFile(), '')],
    ['an empty key', 'keyFile (TLS_KEY_FILE): does not contain a PEM private key', () => writeFile(keyFile(), '')],
    [
      'half a certificate',
      'that is damaged or cut off',
      () => replace(certFile(), renewed.cert.slice(0, renewed.cert.length / 2)),
    ],
    [
      'half a chain',
      'that is damaged or cut off',
      () => replace(certFile(), `${former.cert}\n${renewed.cert.slice(0, renewed.cert.length / 2)}`),
    ],
    [
      'half a key',
      'does not contain a PEM private key',
      () => replace(keyFile(), renewed.key.slice(0, renewed.key.length / 2)),
    ],
    [
      'a certificate of another key',
      'does not contain the key of the certificate',
      () => replace(certFile(), renewed.cert),
    ],
    ['a file that is gone', "can't be read (ENOENT)", () => rm(certFile())],
  ])('are refused with a reason, then taken when they are whole: %s', async (_, reason, spoil) => {
    await spoil();
    await vi.waitFor(() => expect(refusals()).toContainEqual(expect.stringContaining(reason)), WITHIN);
    expect(onPair).not.toHaveBeenCalled();
    await Promise.all([replace(certFile(), renewed.cert), replace(keyFile(), renewed.key)]);
    await vi.waitFor(() => expect(onPair.mock.calls).toEqual([[renewed]]), WITHIN);
  });
});

it('takes a pair once both files are written, certificate first', async () => {
  await replace(certFile(), renewed.cert);
  await vi.waitFor(() => expect(refusals()).toHaveLength(1), WITHIN);
  await replace(keyFile(), renewed.key);
  await vi.waitFor(() => expect(onPair.mock.calls).toEqual([[renewed]]), WITHIN);
  expect(refusals()).toHaveLength(1);
}, 60_000);
