import { StartupError } from '@slipstream/contracts';
import { describe, expect, it } from 'vitest';
import { parseRedisUrl } from './redis-url.js';

describe('parseRedisUrl', () => {
  it.each([
    ['redis://localhost', { kind: 'single', nodes: [{ host: 'localhost', port: 6379 }], tls: false, database: 0 }],
    [
      'redis://localhost:7000/3',
      { kind: 'single', nodes: [{ host: 'localhost', port: 7000 }], tls: false, database: 3 },
    ],
    ['redis://[::1]:7000/', { kind: 'single', nodes: [{ host: '::1', port: 7000 }], tls: false, database: 0 }],
    [
      'rediss://me:p%40ss:word@host',
      { nodes: [{ host: 'host', port: 6379 }], tls: true, username: 'me', password: 'p@ss:word' },
    ],
    ['redis://:secret@host', { username: undefined, password: 'secret' }],
    [
      'REDIS+CLUSTER://[fd00::1]:1,b',
      {
        kind: 'cluster',
        nodes: [
          { host: 'fd00::1', port: 1 },
          { host: 'b', port: 6379 },
        ],
        tls: false,
      },
    ],
    [
      'redis+cluster://a:1,b:2',
      {
        kind: 'cluster',
        nodes: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
        ],
        tls: false,
      },
    ],
    [
      'rediss+cluster://u:p@a',
      { kind: 'cluster', nodes: [{ host: 'a', port: 6379 }], tls: true, username: 'u', password: 'p' },
    ],
  ])('reads %s', (url, expected) => expect(parseRedisUrl(url)).toMatchObject(expected));

  it.each([
    '',
    'localhost:6379',
    'http://host',
    'redis://',
    'redis://a,b',
    'redis://host:port',
    'redis://host:0',
    'redis://host:65536',
    'redis+cluster://a/2',
    'redis://u:%zz@host',
  ])('refuses %j', (url) => expect(() => parseRedisUrl(url)).toThrow(StartupError));

  it('never repeats a password', () => {
    expect(() => parseRedisUrl('redis://user:hunter2@host:port')).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
    );
  });
});
