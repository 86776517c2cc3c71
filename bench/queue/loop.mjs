import { cpuSeconds } from '../harness/process-usage.mjs';
import { newQueue, startWay, WAYS } from './ways/ways.mjs';

/**
 * @typedef {{perSecond: number, cpuMicros: number}} Round messages from publish to acknowledgement, and the process's
 * time on its core for each
 * @typedef {{name: string, rounds: Round[]}} Measured
 */

/**
 * Publish, confirm, consume, acknowledge: each way in turn, round by round, after a warm-up.
 * @param {{rabbitmqUrl: string, rounds: number, messages: number, log: (line: string) => void, signal: AbortSignal}}
 * options
 * @returns {Promise<Measured[]>}
 */
export async function measureLoop({ rabbitmqUrl, rounds, messages, log, signal }) {
  await using stack = new AsyncDisposableStack();
  const ways = [];
  for (const way of WAYS)
    ways.push(stack.adopt(await startWay({ way, rabbitmqUrl, queue: newQueue() }), (started) => started.stop()));
  for (const { name, run } of ways) {
    log(`loop: warm-up of ${name}`);
    await run('loop', messages);
  }
  const measured = ways.map(({ name }) => ({ name, rounds: [] }));
  for (let round = 1; round <= rounds; round++) {
    log(`loop: round ${round} of ${rounds}`);
    for (const [index, { pid, run }] of ways.entries()) {
      signal.throwIfAborted();
      const before = cpuSeconds(pid);
      const seconds = await run('loop', messages);
      measured[index].rounds.push({
        perSecond: messages / seconds,
        cpuMicros: ((cpuSeconds(pid) - before) * 1e6) / messages,
      });
    }
  }
  return measured;
}
