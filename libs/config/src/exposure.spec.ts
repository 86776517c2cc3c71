import { expect, it } from 'vitest';
import { exposureMistakes } from './exposure.js';
import { exposureSchema } from './schema.js';

const OTHERS = { management: { port: 9901 }, redis: { url: 'redis://a' }, rabbitmq: { url: 'amqp://a' } };

const mistakenPaths = (settings: object): string[] =>
  exposureMistakes('gateway', exposureSchema.parse({ ...OTHERS, ...settings })).map(({ path }) => path.join('.'));

const tls = { selfSigned: true };

it.each([
  ['an internal listener for other machines without keys', { internal: { host: '0.0.0.0', port: 1 } }, 'internal.host'],
  ['an internal listener at the public port', { port: 8080, internal: { port: 8080 } }, 'internal.port'],
  ['a redirect without TLS', { redirectPort: 80, allowedHosts: ['a.example'] }, 'redirectPort'],
  ['a redirect without a certificate', { redirectPort: 80, allowedHosts: ['a.example'], tls: {} }, 'redirectPort'],
  ['a redirect of any host', { redirectPort: 80, tls }, 'redirectPort'],
  ['HSTS for any host', { tls: { ...tls, hstsMaxAgeSeconds: 60 } }, 'tls.hstsMaxAgeSeconds'],
  [
    'HSTS without a certificate',
    { tls: { hstsMaxAgeSeconds: 60 }, allowedHosts: ['a.example'] },
    'tls.hstsMaxAgeSeconds',
  ],
])('refuses %s', (_, listen, path) => expect(mistakenPaths({ listen })).toEqual([`listen.${path}`]));

it('accepts both listeners and HSTS beside a public one with TLS', () => {
  const https = { tls: { ...tls, hstsMaxAgeSeconds: 60 }, allowedHosts: ['a.example'], redirectPort: 80 };
  expect(mistakenPaths({ listen: { ...https, internal: { port: 8081 } } })).toEqual([]);
});
