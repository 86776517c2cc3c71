import { expect, it } from 'vitest';
import { mongoFindings } from './mongo-checks.js';
import { rabbitmqFindings } from './rabbitmq-checks.js';
import { redisFindings } from './redis-checks.js';

const NOW = 1_800_000_000_000;
const deployment = { replicas: { gateway: 10 }, processes: 10 };
const config = { mongodb: { maxPoolSize: 50 } } as Parameters<typeof mongoFindings>[1];
const redis = {
  version: '7.4.1',
  evictionPolicy: 'volatile-lru',
  maxMemoryBytes: 2 ** 28,
  maxClients: 20,
  clients: 3,
  timeMs: NOW,
};
const mongo = { version: '8.0.1', maxConnections: 520, isReplicated: true, timeMs: NOW };

const levels = (findings: { check: string; level: string }[]): string[] =>
  findings.filter(({ level }) => level !== 'ok').map(({ check, level }) => `${level} ${check}`);

it.each([
  [[], {}],
  [['warning redis.version'], { version: '6.2.0' }],
  [['error redis.connections'], { maxClients: 19 }],
  [[], { maxClients: undefined }],
  [['warning clock.redis'], { timeMs: NOW - 2_001 }],
  [[], { timeMs: NOW + 2_000 }],
  [['error redis.eviction'], { evictionPolicy: 'allkeys-random' }],
  [['warning redis.eviction'], { maxMemoryBytes: 0 }],
])('finds %j in Redis that reports %o', (expected, change) => {
  expect(levels(redisFindings({ ...redis, ...change }, deployment, NOW))).toEqual(expected);
});

it.each([
  [[], {}],
  [['error mongodb.connections'], { maxConnections: 519 }],
  [['note mongodb.connections'], { maxConnections: undefined }],
  [['warning mongodb.version'], { version: '6.0.1' }],
  [['warning mongodb.replicas'], { isReplicated: false }],
  [['warning clock.mongodb'], { timeMs: NOW + 60_000 }],
])('finds %j in a MongoDB that reports %o', (expected, change) => {
  expect(levels(mongoFindings({ ...mongo, ...change }, config, deployment, NOW))).toEqual(expected);
});

it('names the pool size that fits', () => {
  const found = mongoFindings({ ...mongo, maxConnections: 100 }, config, deployment, NOW);
  expect(found.find(({ check }) => check === 'mongodb.connections')).toMatchObject({
    remedy: expect.stringMatching(/^lower mongodb.maxPoolSize to 8,/) as string,
  });
});

it.each([
  [[], '4.1.0'],
  [['warning rabbitmq.version'], '3.10.8'],
  [['error rabbitmq.version'], '3.9.29'],
])('finds %j in RabbitMQ %s', (expected, version) => {
  expect(levels(rabbitmqFindings({ version, policies: [] }))).toEqual(expected);
});
