import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { must, run } from '../shell.mjs';

export const NAMESPACE = 'slipstream';
const POLL_MS = 500;

/** kubectl in the namespace of the rehearsal, for the cluster that KUBECONFIG names. @throws if it fails */
export const kubectl = (...args) => must('kubectl', ['-n', NAMESPACE, ...args], { timeoutMs: 300_000 });

/** As {@link kubectl}, with the code in place of an error. */
export const tryKubectl = (...args) => run('kubectl', ['-n', NAMESPACE, ...args], { timeoutMs: 300_000 });

export const applyText = (text, ...args) => must('kubectl', ['apply', ...args, '-f', '-'], { input: text });

/** Pods of an app, the ones that end already left out. */
export async function podsOf(name) {
  const { items } = JSON.parse(await kubectl('get', 'pods', '-l', `app.kubernetes.io/name=${name}`, '-o', 'json'));
  return items.filter(({ metadata }) => !metadata.deletionTimestamp);
}

export const isReady = ({ status }) =>
  (status.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True');

/** Resolves when every named deployment runs its newest template alone, and all its pods are ready. */
export async function rolledOut(...deployments) {
  await Promise.all(deployments.map((name) => kubectl('rollout', 'status', `deployment/${name}`, '--timeout=240s')));
}

/** Resolves when no pod of the app ends any more: until then, the Service may still choose one. */
export const oldPodsEnded = (name) =>
  until(`the end of the former pods of ${name}`, async () => {
    const names = await kubectl('get', 'pods', '-l', `app.kubernetes.io/name=${name}`, '-o', 'name');
    return names.trim().split('\n').length === (await podsOf(name)).length;
  });

/** @returns {Promise<T>} the first truthy value. @throws after the time with what was seen last */
export async function until(what, look, timeoutMs = 90_000) {
  const deadline = performance.now() + timeoutMs;
  let last;
  while (performance.now() < deadline) {
    try {
      const found = await look();
      if (found) return found;
    } catch (error) {
      last = error;
    }
    await delay(POLL_MS);
  }
  throw new Error(`not within ${timeoutMs / 1000} s: ${what}${last ? ` (${last.message})` : ''}`);
}

/** Runs a script of rehearsal/ in the client pod. @returns {Promise<string>} what it printed */
export const inClient = (script) => kubectl('exec', 'deployment/client', '--', '/usr/bin/node', `/scripts/${script}`);

/**
 * Starts a script in the client pod that reads standard input.
 * @returns {{line(test: (line: string) => boolean): Promise<string>, end(): void, ended: Promise<number>}} `line`
 *   resolves to the first printed line that passes; `end` closes its standard input
 */
export function startInClient(script) {
  const args = ['-n', NAMESPACE, 'exec', '-i', 'deployment/client', '--', '/usr/bin/node', `/scripts/${script}`];
  const child = spawn('kubectl', args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
  const lines = [];
  let wake = Promise.withResolvers();
  const changed = () => {
    wake.resolve();
    wake = Promise.withResolvers();
  };
  let isOver = false;
  createInterface({ input: child.stdout })
    .on('line', (line) => (lines.push(line), changed()))
    .on('close', () => ((isOver = true), changed()));
  return {
    ended,
    end: () => child.stdin.end(),
    async line(test) {
      for (let next = 0; ; next += 1) {
        while (next >= lines.length) {
          if (isOver) throw new Error(`${script} ended after: ${lines.slice(-3).join(' | ')}`);
          await wake.promise;
        }
        if (test(lines[next])) return lines[next];
      }
    },
  };
}
