import { expect, it } from 'vitest';
import { connectionLimitsOf, type ConnectionSettings } from './connection-limits.js';

it.each<[ConnectionSettings, number, number, number]>([
  [{}, 64, 16, 500],
  [{}, 1024, 480, 500],
  [{}, 8192, 4064, 1016],
  [{}, 1_048_576, 20_000, 5000],
  [{ maxConnections: 60_000 }, 1024, 60_000, 15_000],
  [{ maxConnections: 0 }, 1024, 0, 5000],
  [{ maxConnectionsPerAddress: 7 }, 1024, 480, 7],
  [{ maxConnections: 0, maxConnectionsPerAddress: 0 }, 1024, 0, 0],
])('%j with %i open files: %i, per address %i', (settings, openFiles, maxConnections, maxConnectionsPerAddress) => {
  expect(connectionLimitsOf(settings, openFiles)).toEqual({ maxConnections, maxConnectionsPerAddress });
});
