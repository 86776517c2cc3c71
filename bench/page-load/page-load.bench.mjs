import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure } from '../../tools/failure.mjs';
import { findOnPath } from '../../tools/run.mjs';
import { say } from '../../tools/workspace.mjs';
import { keep, keepPicture } from '../harness/results.mjs';
import { wholeNumber } from '../harness/whole-number.mjs';
import { startBrowser } from '../../e2e/src/chromium.mjs';
import { LINE } from './line.mjs';
import { startOpenWebUi } from './open-webui.mjs';
import { report } from './report.mjs';
import { untilSettled } from './settled.mjs';
import { startStage } from './stage.mjs';
import { openTab } from './visit.mjs';
import { waterfall } from './waterfall.mjs';
import { startWays } from './ways.mjs';

/** Ways whose requests are drawn. */
const PICTURED = ['nginx', 'gateway'];

const OPTIONS = {
  runs: { type: 'string', default: '3' },
  'open-webui': { type: 'string' },
  application: { type: 'string' },
  token: { type: 'string' },
  assets: { type: 'string' },
};

/**
 * npm run bench -- page-load --open-webui VENV/bin/open-webui [--runs 3] [--assets DIR]
 *
 * `--assets` keeps compressed files from run to run. `--application URL --token T` instead of `--open-webui` measures
 * one that runs, as the user of this token.
 * @param {string[]} args
 */
export async function run(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const runs = wholeNumber('runs', values.runs);
  await using stack = new AsyncDisposableStack();
  const { folder, authority, stores } = await startStage(stack);
  const application = stack.adopt(await applicationOf(values, folder), ({ stop }) => stop());
  const assets = values.assets ?? join(folder, 'assets');
  const ways = await startWays({ origin: application.url, assets, stores, authority }, stack);
  const visits = (way) => visitTwice(way, { folder, home: authority.home, token: application.token });
  for (const way of ways) await untilSettled(way.name, (await visits(way)).cold); // the first visit fills caches
  const [loadBefore] = loadavg();
  const measured = ways.map(({ name }) => ({ name, cold: [], warm: [] }));
  for (let round = 0; round < runs; round++) {
    for (const [i, way] of ways.entries()) {
      const { cold, warm } = await visits(way);
      measured[i].cold.push(cold);
      measured[i].warm.push(warm);
      say(`${way.name}: ${cold.usableMs.toFixed(0)} ms cold, ${warm.usableMs.toFixed(0)} ms warm`);
    }
  }
  const text = report({ measured, line: LINE, runs, loadBefore });
  console.log(`\n${text}`);
  keep('page-load', text);
  keepPicture('page-load', waterfall(panels(measured)));
}

/** The visit of each pair of way and kind that became usable after the median time. */
function panels(measured) {
  const shown = measured.filter(({ name }) => PICTURED.includes(name));
  return ['cold', 'warm'].flatMap((kind) =>
    shown.map((way) => ({ title: `${way.name}, ${kind}`, visit: middleOf(way[kind]) })),
  );
}

const middleOf = (visits) => visits.toSorted((a, b) => a.usableMs - b.usableMs)[Math.ceil(visits.length / 2) - 1];

async function applicationOf({ application: url, token, 'open-webui': named }, folder) {
  if (url !== undefined && token !== undefined) return { url, token, stop: async () => {} };
  const program = named ?? findOnPath('open-webui');
  if (!program) throw new Failure('open-webui is not on PATH; pip install it and name it by --open-webui.');
  return startOpenWebUi({ program, folder });
}

async function visitTwice({ url }, { folder, home, token }) {
  const profile = mkdtempSync(join(folder, 'profile-'));
  const browser = await startBrowser({ profile, home });
  try {
    const tab = await openTab(browser, { token });
    return { cold: await tab.visit(`${url}/`), warm: await tab.visit(`${url}/`) };
  } finally {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
