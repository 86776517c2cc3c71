import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, it } from 'vitest';
import { Http1Pool } from './http1-pool.js';
import { Listener, request } from './testing/ask.js';
import { RawOrigins } from './testing/raw-origins.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const origins = new RawOrigins();
afterEach(() => origins.close());

it('an idle connection keeps nothing of its last request and answer', async () => {
  const url = await origins.answering(() => 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  const pool = new Http1Pool(url);
  origins.closing(() => pool.destroy());
  const refs: WeakRef<object>[] = [];
  for (let i = 0; i < 3; i++) refs.push(...(await exchangeOn(pool)));
  await setImmediate(); // what the stack referred to
  collectGarbage();
  expect(pool.stats).toEqual({ connections: 1, idle: 1 });
  expect(refs.map((ref) => ref.deref())).toEqual(refs.map(() => undefined));
});

/** @returns references to the parts of an exchange that has ended */
async function exchangeOn(pool: Http1Pool): Promise<WeakRef<object>[]> {
  const own = request();
  const listener = new Listener();
  pool.dispatch(own, listener);
  const { headers = [] } = await listener.over;
  return [own, listener, headers].map((part) => new WeakRef<object>(part));
}
