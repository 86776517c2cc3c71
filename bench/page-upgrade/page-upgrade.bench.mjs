import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Failure } from '../../tools/failure.mjs';
import { findOnPath } from '../../tools/run.mjs';
import { say } from '../../tools/workspace.mjs';
import { keep } from '../harness/results.mjs';
import { wholeNumber } from '../harness/whole-number.mjs';
import { startBrowser } from '../../e2e/src/chromium.mjs';
import { LINE } from '../page-load/line.mjs';
import { startOpenWebUi } from '../page-load/open-webui.mjs';
import { untilSettled } from '../page-load/settled.mjs';
import { startStage } from '../page-load/stage.mjs';
import { openTab } from '../page-load/visit.mjs';
import { startWays } from '../page-load/ways.mjs';
import { report } from './report.mjs';

const DICTIONARIES = { dictionaries: true, dictionaryDelayMs: 3_000 };
/** Browsers fetch a dictionary when they are idle. */
const IDLE_MS = 10_000;
const DICTIONARY_TRIES = 6;
/** Visits after which the differences of all files are made. */
const PREPARING_VISITS = 3;

const OPTIONS = {
  runs: { type: 'string', default: '3' },
  'open-webui': { type: 'string' },
  'former-frontend': { type: 'string' },
};

/**
 * npm run bench -- page-upgrade --open-webui VENV/bin/open-webui --former-frontend DIR [--runs 3]
 * @param {string[]} args
 */
export async function run(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const runs = wholeNumber('runs', values.runs);
  const program = values['open-webui'] ?? findOnPath('open-webui');
  const frontend = values['former-frontend'];
  if (!program || !frontend) throw new Failure('Name an Open WebUI and the front end of a former release.');
  await using stack = new AsyncDisposableStack();
  const { folder, authority, stores } = await startStage(stack);
  const former = await startOpenWebUi({ program, folder, frontend });
  let stop = former.stop;
  stack.defer(() => stop());
  const origin = { origin: former.url, assets: join(folder, 'assets'), stores, authority, settings: DICTIONARIES };
  const { url } = (await startWays(origin, stack)).find(({ name }) => name === 'gateway');
  const browsers = { url: `${url}/`, folder, home: authority.home, token: former.token };
  const profiles = await knowFormerRelease(browsers);
  await former.stop();
  const next = await startOpenWebUi({ program, folder, port: Number(new URL(former.url).port) });
  stop = next.stop;
  await prepare(browsers, profiles);
  const [loadBefore] = loadavg();
  const measured = { whole: [], differences: [] };
  for (let round = 0; round < runs; round++)
    for (const [kind, visits] of Object.entries(measured)) {
      const [upgraded, warm] = await visit(browsers, profiles[kind], 2);
      visits.push({ upgraded, warm });
      const { usableMs, releaseBytes, bytes } = upgraded;
      say(`${kind}: ${usableMs.toFixed(0)} ms, ${releaseBytes} of ${bytes} bytes; warm ${warm.usableMs.toFixed(0)} ms`);
    }
  const text = report({ measured, line: LINE, runs, loadBefore });
  console.log(`\n${text}`);
  keep('page-upgrade', text);
}

/**
 * Profiles of browsers that have the former release cached: `whole` without its dictionary, `differences` with it.
 * @returns {Promise<{whole: string, differences: string}>}
 */
async function knowFormerRelease(browsers) {
  const [first] = await visit(browsers, undefined, 1);
  await untilSettled('gateway', first);
  const whole = mkdtempSync(join(browsers.folder, 'whole-'));
  await visit({ ...browsers, keptIn: whole }, undefined, 1);
  const differences = mkdtempSync(join(browsers.folder, 'differences-'));
  cpSync(whole, differences, { recursive: true });
  for (let tries = 0; tries < DICTIONARY_TRIES; tries++) {
    const [seen] = await visit({ ...browsers, keptIn: differences, idleMs: IDLE_MS }, differences, 1);
    say(`a browser visits the former release, and fetches ${seen.dictionaryBytes} bytes of its dictionary`);
    if (seen.dictionaryBytes > 0) return { whole, differences };
  }
  throw new Failure('the browser did not fetch the dictionary of the former release');
}

/** Lets the gateway store the new release, and make the differences. */
async function prepare(browsers, { differences }) {
  const [first] = await visit(browsers, undefined, 1);
  await untilSettled('gateway', first);
  for (let i = 0; i < PREPARING_VISITS; i++) {
    const [{ bytes }] = await visit({ ...browsers, idleMs: IDLE_MS }, differences, 1);
    say(`a browser with the dictionary loads ${bytes} bytes of the new release`);
  }
}

const isDictionary = ({ url }) => url.endsWith('.dictionary');
const isRelease = ({ url }) => new URL(url).pathname.startsWith('/_app/immutable/');

/** A dictionary is fetched when the page is idle, and is counted by itself. */
function withoutDictionary({ usableMs, requests: all }) {
  const sum = (requests) => requests.reduce((total, { bytes }) => total + bytes, 0);
  const requests = all.filter((request) => !isDictionary(request));
  const releaseBytes = sum(requests.filter(isRelease));
  return { usableMs, requests, bytes: sum(requests), releaseBytes, dictionaryBytes: sum(all.filter(isDictionary)) };
}

/**
 * Visits the page with a copy of a profile.
 * @param {object} browsers `keptIn`: the profile itself is used and kept
 * @returns {Promise<(import('../page-load/visit.mjs').Visit & {releaseBytes: number, dictionaryBytes: number})[]>}
 */
async function visit({ url, folder, home, token, keptIn, idleMs = 0 }, from, count) {
  const profile = keptIn ?? mkdtempSync(join(folder, 'profile-'));
  if (from !== undefined && from !== profile) cpSync(from, profile, { recursive: true });
  const browser = await startBrowser({ profile, home });
  const visits = [];
  try {
    const tab = await openTab(browser, { token });
    while (visits.length < count) {
      const seen = await tab.visit(url);
      await delay(idleMs);
      visits.push(withoutDictionary({ ...seen, requests: tab.requests() }));
    }
  } finally {
    await browser.close();
    if (!keptIn) rmSync(profile, { recursive: true, force: true });
  }
  return visits;
}
