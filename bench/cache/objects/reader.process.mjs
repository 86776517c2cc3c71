import { setTimeout as delay } from 'node:timers/promises';
import { openOurCache } from './our-cache.mjs';

/*
 * One of the processes that read the same cold keys at the same time. It says `up`, reads when told the time to,
 * and says how often it had to load. Environment: REDIS_URL, PREFIX, READS (of each key), LOAD_MS.
 */
const { REDIS_URL, PREFIX, READS, LOAD_MS } = process.env;
const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const cache = await openOurCache(REDIS_URL, PREFIX);

async function readAll({ key, at }) {
  let loads = 0;
  const load = async () => {
    loads += 1;
    await delay(Number(LOAD_MS));
    return { loadedBy: process.pid };
  };
  await delay(Math.max(0, at - Date.now()));
  const start = performance.now();
  const values = await Promise.all(Array.from({ length: Number(READS) }, () => cache.manager.getOrLoad(key, load)));
  tell({
    msg: 'read',
    key,
    loads,
    loadedBy: [...new Set(values.map((value) => value.loadedBy))],
    ms: performance.now() - start,
  });
}

process.on('message', (order) => void readAll(order));
process.on('disconnect', () => void cache.close());
tell({ msg: 'up' });
