import http from 'node:http';
import https from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { say } from '../../tools/workspace.mjs';

const CODINGS = { 'accept-encoding': 'gzip, deflate, br, zstd' };
/** Longer than the compression of one file, which shows as no change meanwhile. */
const SETTLED_MS = 8_000;
const SETTLED_WITHIN_MS = 150_000;

/**
 * Waits until the scripts and fonts of a visit do not change any more: the gateway compresses what it has stored.
 * @param {string} name of the way
 * @param {import('./visit.mjs').Visit} visit
 */
export async function untilSettled(name, { requests }) {
  const urls = requests.filter(({ type }) => type === 'Script' || type === 'Font').map(({ url }) => url);
  let before = '';
  for (const until = performance.now() + SETTLED_WITHIN_MS; performance.now() < until; await delay(SETTLED_MS)) {
    const now = (await Promise.all(urls.map(tagOf))).join();
    if (now === before) return;
    before = now;
  }
  say(`${name}: still changes its files; measured all the same`);
}

/** Nothing but a tag is taken from an answer that no authority of Node vouches for. */
function tagOf(url) {
  const { request } = url.startsWith('https:') ? https : http;
  const { promise, resolve, reject } = Promise.withResolvers();
  request(url, { method: 'HEAD', headers: CODINGS, rejectUnauthorized: false }, (answer) =>
    resolve(answer.resume().headers.etag),
  )
    .on('error', reject)
    .end();
  return promise;
}
