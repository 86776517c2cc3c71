import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programPath } from '../harness/program.mjs';

/**
 * A certificate for localhost, and a home folder whose browsers trust it: Chromium stores nothing from an origin with a
 * certificate error.
 * @param {string} folder
 * @returns {{certFile: string, keyFile: string, home: string}}
 */
export function createAuthority(folder) {
  const certutil = programPath('certutil', 'libnss3-tools');
  const openssl = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  const key = ['-newkey', 'rsa:2048', '-nodes'];
  openssl('req', '-x509', ...key, '-subj', '/CN=bench authority', '-keyout', 'ca.key', '-out', 'ca.pem');
  openssl('req', ...key, '-subj', '/CN=localhost', '-keyout', 'key.pem', '-out', 'request.pem');
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'request.pem', ...signing, '-days', '2', '-out', 'cert.pem');
  const home = join(folder, 'home');
  const database = join(home, '.pki', 'nssdb');
  mkdirSync(database, { recursive: true });
  execFileSync(certutil, ['-d', `sql:${database}`, '-N', '--empty-password']);
  execFileSync(certutil, ['-d', `sql:${database}`, '-A', '-t', 'C,,', '-n', 'bench', '-i', join(folder, 'ca.pem')]);
  return { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem'), home };
}
