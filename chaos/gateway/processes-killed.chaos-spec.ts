import { once } from 'node:events';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startService, type ServiceProcess } from '@slipstream/e2e/process';
import { isRunning, recordOf, signalProcess } from '@slipstream/e2e/processes';
import { NewConnections } from './new-connections.js';

const AWAY = {
  REDIS_URL: 'redis://127.0.0.1:1',
  RABBITMQ_URL: 'amqp://127.0.0.1:1',
  MONGODB_URI: 'mongodb://127.0.0.1:1/none',
};
const CLIENTS = 16;
const KILLS = 5;
/** Only so that a hang ends the test. */
const WITHIN = { timeout: 120_000, interval: 100 };

let pod: Server;
let gateway: ServiceProcess;

beforeEach(async () => {
  pod = createServer((_, response) => void response.end('page')).listen(0, '127.0.0.1');
  await once(pod, 'listening');
});
afterEach(async () => {
  await gateway.stop('SIGKILL');
  pod.closeAllConnections();
  pod.close();
});

async function startGateway(processes: number): Promise<void> {
  gateway = await startService('gateway', {
    ...AWAY,
    WEB_BACKENDS: `http://127.0.0.1:${(pod.address() as AddressInfo).port}`,
    PROCESSES: String(processes),
  });
  await vi.waitFor(() => expect(pids()).toHaveLength(processes), WITHIN);
}

/** Of all that have come up so far, in that order. */
const pids = (): number[] => gateway.logs.filter(({ msg }) => msg === 'gateway is up').map(({ pid }) => Number(pid));
const running = () => pids().flatMap((pid) => recordOf(pid, process.execPath) ?? []);

/** Connections of the public port that the supervisor has in its hands. */
function heldBySupervisor(): string[] {
  const port = Number(new URL(gateway.url).port).toString(16).toUpperCase().padStart(4, '0');
  const lines = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const LISTENING = '0A';
  const inodes = new Set(
    lines
      .filter(([, local, , state]) => local?.endsWith(`:${port}`) && state !== LISTENING)
      .map((fields) => `socket:[${fields[9]}]`),
  );
  return readdirSync(`/proc/${gateway.child.pid}/fd`)
    .map(linkOf)
    .filter((link) => inodes.has(link));

  function linkOf(fd: string): string {
    try {
      return readlinkSync(`/proc/${gateway.child.pid}/fd/${fd}`);
    } catch {
      return '';
    }
  }
}

describe.each([2, 4])('%i processes under new connections', { timeout: 400_000 }, (processes) => {
  it(
    'kill -9 of each in turn: every client is answered or closed, and the supervisor keeps no ' + 'connection',
    async () => {
      await startGateway(processes);
      const load = new NewConnections(gateway.url, CLIENTS);
      onTestFinished(() => load.stop());
      for (let kill = 1; kill <= KILLS; kill++) {
        const answered = load.outcomes.answered;
        await vi.waitFor(() => expect(load.outcomes.answered).toBeGreaterThan(answered + 10 * CLIENTS), WITHIN);
        signalProcess(running()[0]!, 'SIGKILL');
        await vi.waitFor(() => expect(pids()).toHaveLength(processes + kill), WITHIN);
      }
      load.stop();
      await vi.waitFor(() => expect(load.pending).toBe(0), WITHIN);
      await vi.waitFor(() => expect(heldBySupervisor()).toEqual([]), WITHIN);
      expect(load.outcomes.closed).toBeLessThan(load.outcomes.answered / 10);
    },
  );

  it('SIGSTOP of one: another takes its place, and every client is answered or closed', async () => {
    await startGateway(processes);
    const load = new NewConnections(gateway.url, CLIENTS);
    onTestFinished(() => load.stop());
    await vi.waitFor(() => expect(load.outcomes.answered).toBeGreaterThan(10 * CLIENTS), WITHIN);
    const [stopped] = running();
    signalProcess(stopped!, 'SIGSTOP');
    await vi.waitFor(() => expect(pids()).toHaveLength(processes + 1), WITHIN);
    expect(isRunning(stopped!)).toBe(false);
    const answered = load.outcomes.answered;
    await vi.waitFor(() => expect(load.outcomes.answered).toBeGreaterThan(answered + 10 * CLIENTS), WITHIN);
    load.stop();
    await vi.waitFor(() => expect(load.pending).toBe(0), WITHIN);
  });
});
