import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tlsFileMistakes } from './tls-files.js';

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tls-files-'));
  for (const name of ['one', 'two']) {
    const { cert, private: key } = await generate([{ name: 'commonName', value: name }], { keyType: 'ec' });
    await Promise.all([writeFile(at(`${name}.crt`), cert), writeFile(at(`${name}.key`), key)]);
  }
  await writeFile(at('garbage'), 's3cret');
});
afterAll(() => rm(folder, { recursive: true }));

it.each([
  ['a pair', 'one.crt', 'one.key', []],
  ['files that are not there', 'no.crt', 'no.key', ["listen.tls.certFile (TLS_CERT_FILE): can't be read (ENOENT)", "listen.tls.keyFile (TLS_KEY_FILE): can't be read (ENOENT)"]],
  ['a folder', '.', 'one.key', ["listen.tls.certFile (TLS_CERT_FILE): can't be read (EISDIR)"]],
  ['no PEM', 'garbage', 'garbage', ['listen.tls.certFile (TLS_CERT_FILE): does not hold a PEM certificate', 'listen.tls.keyFile (TLS_KEY_FILE): does not hold a PEM private key without a passphrase']],
  ['the two mixed up', 'one.key', 'one.crt', ['listen.tls.certFile (TLS_CERT_FILE): does not hold a PEM certificate', 'listen.tls.keyFile (TLS_KEY_FILE): does not hold a PEM private key without a passphrase']],
  ['a key of another certificate', 'one.crt', 'two.key', ['listen.tls.keyFile (TLS_KEY_FILE): does not hold the key of the certificate in certFile']],
])('tells of %s', async (_, certFile, keyFile, mistakes) => {
  expect(await tlsFileMistakes({ certFile: at(certFile), keyFile: at(keyFile) })).toEqual(mistakes);
});

it('has nothing to say where no files are named', async () => {
  expect(await tlsFileMistakes()).toEqual([]);
  expect(await tlsFileMistakes({ selfSigned: true })).toEqual([]);
});
