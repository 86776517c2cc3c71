import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FATAL_EXIT_CODE } from './run-process.js';

const FIXTURE = fileURLToPath(new URL('../dist/testing/fixture-service.js', import.meta.url));
const children: ChildProcess[] = [];

function start(...args: string[]) {
  const child = spawn(process.execPath, [FIXTURE, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

async function started(...args: string[]) {
  const child = start(...args);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { url, finish } = JSON.parse(line) as { url: string; finish: number };
  const lines: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => lines.push(...String(chunk).split('\n')));
  return {
    child,
    url,
    lines,
    ready: async () => (await fetch(`${url}/health/ready`)).status,
    finish: () => fetch(`http://127.0.0.1:${finish}`),
  };
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

describe('an error that nobody catches', () => {
  it.each(['timer', 'tick', 'promise'])('ends the connection that it came of, and nothing else: %s', async (kind) => {
    const { child, url, lines, ready } = await started('faults');
    const other = connect(Number(new URL(url).port), '127.0.0.1');
    await once(other, 'connect');
    for (let times = 0; times < 3; times++) {
      const hurt = connect(Number(new URL(url).port), '127.0.0.1', () =>
        hurt.write(`GET /fault/${kind} HTTP/1.1\r\nHost: a\r\n\r\n`),
      );
      await once(hurt.on('error', () => {}).resume(), 'close');
    }
    other.end('GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect((await other.toArray()).join('')).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ready()).toBe(200);
    expect(child.exitCode).toBeNull();
    expect(lines.filter((line) => line.startsWith('fault'))).toEqual(Array(3).fill('fault contained'));
  });

  it('drains the process when it came of no connection, which then asks to be started again', async () => {
    const { child, lines, ready, finish } = await started('faults');
    const exited = once(child, 'exit');
    child.kill('SIGUSR2');
    await vi.waitFor(async () => expect(await ready()).toBe(503));
    child.kill('SIGUSR2'); // another does not cut the drain short
    expect(await ready()).toBe(503);
    await finish();
    expect((await exited)[0]).toBe(FATAL_EXIT_CODE);
    expect(lines.filter((line) => line.startsWith('fault'))).toEqual(['fault fatal']);
    expect(lines).toContain('closed');
  });
});

describe('runProcess', () => {
  it('on SIGTERM is not ready any more at once, waits for its work, and exits with 0', async () => {
    const { child, ready, finish } = await started();
    expect(await ready()).toBe(200);
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await vi.waitFor(async () => expect(await ready()).toBe(503));
    expect(child.exitCode).toBeNull();
    await finish();
    expect((await exited)[0]).toBe(0);
  });

  it('takes a Ctrl-C that arrives twice for one', async () => {
    const { child, ready, finish } = await started();
    const exited = once(child, 'exit');
    child.kill('SIGINT');
    child.kill('SIGTERM');
    await vi.waitFor(async () => expect(await ready()).toBe(503));
    await finish();
    expect((await exited)[0]).toBe(0);
  });

  it('exits at a later signal without waiting for its work', async () => {
    const { child, ready } = await started();
    const exited = once(child, 'exit');
    child.kill('SIGINT');
    await vi.waitFor(async () => expect(await ready()).toBe(503));
    await vi.waitFor(
      () => {
        child.kill('SIGINT');
        expect(child.exitCode).not.toBeNull();
      },
      { timeout: 5000 },
    );
    expect((await exited)[0]).toBe(1);
  });

  it('closes what it could not drain, says so, and exits with 1', async () => {
    const { child } = await started('drain-fails');
    const text = textOf(child.stdout);
    const exited = once(child, 'close');
    child.kill('SIGTERM');
    expect((await exited)[0]).toBe(1);
    expect(await text).toContain('a step of the shutdown failed');
    expect(await text).toContain('closed');
  });

  it('ends a start that hangs when it is told to stop', { timeout: 20_000 }, async () => {
    const child = start('hang');
    await once(createInterface(child.stdout), 'line');
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect((await exited)[0]).toBe(0);
  });

  it('tells a known reason not to start in one line, without a stack', async () => {
    const child = start('refuse');
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => (text += chunk));
    const [code] = await once(child, 'close');
    expect([code, text]).toEqual([1, 'There is no port for you. Choose another with PORT.\n']);
  });
});
