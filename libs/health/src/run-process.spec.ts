import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';

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
  return { child, ready: async () => (await fetch(`${url}/health/ready`)).status, finish: () => fetch(`http://127.0.0.1:${finish}`) };
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

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
    await vi.waitFor(() => {
      child.kill('SIGINT');
      expect(child.exitCode).not.toBeNull();
    }, { timeout: 5000 });
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
