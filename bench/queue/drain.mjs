import { residentMb } from '../harness/process-usage.mjs';
import { newQueue, startWay, WAYS } from './ways/ways.mjs';

const SAMPLE_MS = 50;
/** What was resident before is start-up and compiled code. */
const WARM_SHARE = 0.2;

/**
 * A queue that others have filled is drained by a fresh process.
 * @param {{rabbitmqUrl: string, backlog: number, log: (line: string) => void}} options
 * @returns {Promise<{perSecond: number, warmMb: number, maxMb: number, lastMb: number}>} resident memory after the
 * first fifth, at most, and in the end
 */
export async function measureDrain({ rabbitmqUrl, backlog, log }) {
  const way = WAYS.find(({ script }) => script === 'slipstream');
  const queue = newQueue();
  log(`drain: filling a queue with ${backlog} messages`);
  const filler = await startWay({ way, rabbitmqUrl, queue });
  await filler.run('fill', backlog).finally(() => filler.stop());
  log('drain: draining it');
  const drainer = await startWay({ way, rabbitmqUrl, queue });
  const samples = [];
  const timer = setInterval(() => samples.push(residentMb(drainer.pid)), SAMPLE_MS);
  try {
    const seconds = await drainer.run('drain', backlog);
    const warm = samples.slice(Math.floor(samples.length * WARM_SHARE));
    return { perSecond: backlog / seconds, warmMb: warm[0], maxMb: Math.max(...warm), lastMb: warm.at(-1) };
  } finally {
    clearInterval(timer);
    await drainer.stop();
  }
}
