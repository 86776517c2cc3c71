import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { startChild } from '../../harness/child.mjs';
import { CORES } from '../../harness/cores.mjs';

/** The first is the one that the others are held against. */
export const WAYS = [
  { name: 'bare amqplib', script: 'bare' },
  { name: "Nest's RMQ transport", script: 'nest' },
  { name: 'Slipstream', script: 'slipstream' },
];

/** A queue that nothing else has. */
export const newQueue = () => `bench.${randomUUID().slice(0, 8)}.`;

/**
 * Starts a way's process, on a core of its own.
 * @param {{way: {name: string, script: string}, rabbitmqUrl: string, queue: string}} options
 * @returns {Promise<{name: string, pid: number, run: (task: 'loop' | 'fill' | 'drain', count: number) =>
 * Promise<number>, stop: () => Promise<void>}>}
 *   `run` resolves to the seconds that it took
 */
export async function startWay({ way: { name, script }, rabbitmqUrl, queue }) {
  const file = fileURLToPath(new URL(`${script}.process.mjs`, import.meta.url));
  const { pid, lines, stop } = await startChild({
    script: file,
    cores: CORES.alone,
    upMessage: 'way is up',
    env: { RABBITMQ_URL: rabbitmqUrl, QUEUE: queue },
  });
  const { url } = lines.at(-1);
  const run = async (task, count) => {
    const answer = await fetch(`${url}/${task}/${count}`, { method: 'POST' });
    if (!answer.ok) throw new Error(`${name}: ${task} failed: ${await answer.text()}`);
    return (await answer.json()).seconds;
  };
  return { name, pid, run, stop };
}
