import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { written } from './mistake.js';
import * as files from './tls-files.js';

const tlsFileMistakes = async (...args: Parameters<typeof files.tlsFileMistakes>) =>
  (await files.tlsFileMistakes(...args)).map(written);
const caFileMistakes = async (name: string, file: string | undefined) =>
  (await files.caFileMistakes(name.split('.'), file)).map(written);
let folder: string;
const NO_CERT = 'listen.tls.certFile (TLS_CERT_FILE): contains no PEM certificate';
const CUT_CERT = 'listen.tls.certFile (TLS_CERT_FILE): contains a PEM certificate that is damaged or cut off';
const NO_KEY = 'listen.tls.keyFile (TLS_KEY_FILE): does not contain a PEM private key without a passphrase';
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tls-files-'));
  for (const name of ['one', 'two']) {
    const { cert, private: key } = await generate([{ name: 'commonName', value: name }], { keyType: 'ec' });
    await Promise.all([writeFile(at(`${name}.crt`), cert), writeFile(at(`${name}.key`), key)]);
  }
  await writeFile(at('garbage'), 's3cret');
  await writeFile(at('empty'), '');
  const [cert, key] = await Promise.all([readFile(at('one.crt'), 'utf8'), readFile(at('one.key'), 'utf8')]);
  await writeFile(at('half.crt'), cert.slice(0, cert.length / 2));
  await writeFile(at('half.key'), key.slice(0, key.length / 2));
  await writeFile(at('chain.crt'), `${cert}\n${await readFile(at('two.crt'), 'utf8')}`);
  await writeFile(at('half-chain.crt'), `${cert}\n${cert.slice(0, cert.length / 2)}`);
  await writeFile(at('damaged.crt'), cert.replace(/[A-Za-z0-9]{40}/, '!'));
  execFileSync('mkfifo', [at('fifo')]);
});
afterAll(() => rm(folder, { recursive: true }));

it.each([
  ['a pair', 'one.crt', 'one.key', []],
  [
    'files that are not there',
    'no.crt',
    'no.key',
    [
      "listen.tls.certFile (TLS_CERT_FILE): can't be read (ENOENT)",
      "listen.tls.keyFile (TLS_KEY_FILE): can't be read (ENOENT)",
    ],
  ],
  ['a folder', '.', 'one.key', ["listen.tls.certFile (TLS_CERT_FILE): can't be read (EISDIR)"]],
  [
    'no PEM',
    'garbage',
    'garbage',
    [
      'listen.tls.certFile (TLS_CERT_FILE): contains no PEM certificate',
      'listen.tls.keyFile (TLS_KEY_FILE): does not contain a PEM private key without a passphrase',
    ],
  ],
  [
    'the two mixed up',
    'one.key',
    'one.crt',
    [
      'listen.tls.certFile (TLS_CERT_FILE): contains no PEM certificate',
      'listen.tls.keyFile (TLS_KEY_FILE): does not contain a PEM private key without a passphrase',
    ],
  ],
  ['empty files', 'empty', 'empty', [NO_CERT, NO_KEY]],
  ['an empty certificate file', 'empty', 'one.key', [NO_CERT]],
  ['an empty key file', 'one.crt', 'empty', [NO_KEY]],
  ['half a certificate', 'half.crt', 'one.key', [CUT_CERT]],
  ['half a key', 'one.crt', 'half.key', [NO_KEY]],
  ['a chain', 'chain.crt', 'one.key', []],
  ['half a chain', 'half-chain.crt', 'one.key', [CUT_CERT]],
  ['a damaged certificate', 'damaged.crt', 'one.key', [CUT_CERT]],
  ['a FIFO', 'fifo', 'one.key', ['listen.tls.certFile (TLS_CERT_FILE): is not a file']],
  [
    'a key of another certificate',
    'one.crt',
    'two.key',
    ['listen.tls.keyFile (TLS_KEY_FILE): does not contain the key of the certificate in certFile'],
  ],
])('tells of %s', async (_, certFile, keyFile, mistakes) => {
  expect(await tlsFileMistakes({ certFile: at(certFile), keyFile: at(keyFile) })).toEqual(mistakes);
});

it('has nothing to say where no files are named', async () => {
  expect(await tlsFileMistakes()).toEqual([]);
  expect(await tlsFileMistakes({ selfSigned: true })).toEqual([]);
});

it.each([
  ['a certificate', 'one.crt', []],
  ['no file', 'no.crt', ["web.tls.caFile: can't be read (ENOENT)"]],
  ['a folder', '.', ["web.tls.caFile: can't be read (EISDIR)"]],
  ['no PEM', 'garbage', ['web.tls.caFile: contains no PEM certificate']],
  ['a key', 'one.key', ['web.tls.caFile: contains no PEM certificate']],
])('tells of authorities in %s', async (_, caFile, mistakes) => {
  expect(await caFileMistakes('web.tls.caFile', at(caFile))).toEqual(mistakes);
});
