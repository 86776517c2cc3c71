import type { IncomingMessage } from 'node:http';
import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import { AllowedHosts } from './allowed-hosts.js';

const asked = (host?: string) => ({ headers: { host } }) as IncomingMessage;

it.each([
  '127.0.0.1',
  '10.1.2.3:9901',
  '[::1]',
  '[fd00::1]:9901',
  'localhost',
  'LOCALHOST:9901',
  'a.localhost',
  'gateway:9901',
  'gateway.ns.svc',
  'gateway.ns.svc.cluster.local:9901',
  'box.internal',
  hostname(),
  undefined,
])('takes the private name %s', (host) =>
  expect(new AllowedHosts({ names: [], isPrivate: true }).violation(asked(host))).toBeUndefined(),
);

it.each([
  'evil.example',
  'evil.example:9901',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'evil.example.',
  '127.0.0.1.nip.io',
  'svc.evil',
  'xinternal.evil',
  'a.local',
])('takes no public name: %s', (host) => {
  expect(new AllowedHosts({ names: [], isPrivate: true }).violation(asked(host))).toMatchObject({
    code: 'host_not_allowed',
  });
});

it.each([
  ['chat.example', true],
  ['CHAT.example:8080', true],
  ['chat.example.', true],
  ['a.team.example', true],
  ['team.example', false],
  ['xteam.example', false],
  ['chat.example.evil', false],
  ['127.0.0.1', false],
  ['localhost', false],
])('takes the names that it is given, and no other: %s', (host, isTaken) => {
  expect(new AllowedHosts({ names: ['Chat.example', '*.team.example'] }).violation(asked(host)) === undefined).toBe(
    isTaken,
  );
});
