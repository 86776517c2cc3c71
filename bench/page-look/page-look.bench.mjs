import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure } from '../../tools/failure.mjs';
import { findOnPath } from '../../tools/run.mjs';
import { say } from '../../tools/workspace.mjs';
import { machine } from '../harness/machine.mjs';
import { keep } from '../harness/results.mjs';
import { table } from '../harness/table.mjs';
import { startBrowser } from '../../e2e/src/chromium.mjs';
import { startOpenWebUi } from '../page-load/open-webui.mjs';
import { startStage } from '../page-load/stage.mjs';
import { startWays } from '../page-load/ways.mjs';
import { difference, openCamera } from './screenshot.mjs';

const PAGES = [
  { path: '/', isSignedIn: true },
  { path: '/notes', isSignedIn: true },
  { path: '/workspace/models', isSignedIn: true },
  { path: '/admin/settings/general', isSignedIn: true },
  { path: '/auth', isSignedIn: false },
];
/** The first visits let the gateway store, compress and convert; the last one shows what it made. */
const VISITS = 3;

const OPTIONS = { 'open-webui': { type: 'string' }, pictures: { type: 'string' } };

/**
 * npm run bench -- page-look --open-webui VENV/bin/open-webui [--pictures DIR]
 * @param {string[]} args `--pictures` keeps the screenshots
 */
export async function run(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const program = values['open-webui'] ?? findOnPath('open-webui');
  if (!program) throw new Failure('open-webui is not on PATH; pip install it and name it by --open-webui.');
  await using stack = new AsyncDisposableStack();
  const { folder, authority, stores } = await startStage(stack);
  const application = stack.adopt(await startOpenWebUi({ program, folder }), ({ stop }) => stop());
  await closeReleaseNotes(application);
  const ways = await startWays({ origin: application.url, assets: join(folder, 'assets'), stores, authority }, stack);
  const urlOf = (name) => ways.find((way) => way.name === name).url;
  const rows = [];
  for (const { path, isSignedIn } of PAGES) {
    const camera = { folder, home: authority.home, token: isSignedIn ? application.token : undefined };
    const [direct] = await pictures(urlOf('direct') + path, camera, 1);
    const seen = await pictures(urlOf('gateway') + path, camera, VISITS);
    const differences = seen.map((picture) => difference(direct, picture)).map(shown);
    say(`${path}: ${differences.join('; ')}`);
    rows.push([path, ...differences]);
    if (values.pictures) keepPictures(values.pictures, path, { direct, gateway: seen.at(-1) });
  }
  const text = report(rows);
  console.log(`\n${text}`);
  keep('page-look', text);
}

const shown = ({ pixels, most }) => (pixels === 0 ? 'none' : `${pixels}, by at most ${most} of 255`);

/** They would cover the pages. */
async function closeReleaseNotes({ url, token }) {
  const { version } = await (await fetch(`${url}/api/config`)).json();
  await fetch(`${url}/api/v1/users/user/settings/update`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ ui: { version } }),
  });
}

/** Each visit is that of a new browser. */
async function pictures(url, { folder, home, token }, count) {
  const taken = [];
  while (taken.length < count) {
    const profile = mkdtempSync(join(folder, 'profile-'));
    const browser = await startBrowser({ profile, home });
    try {
      taken.push(await (await openCamera(browser, { token })).take(url));
    } finally {
      await browser.close();
      rmSync(profile, { recursive: true, force: true });
    }
  }
  return taken;
}

function keepPictures(directory, path, taken) {
  const name = path === '/' ? 'start' : path.slice(1).replaceAll('/', '-');
  for (const [way, { png }] of Object.entries(taken)) writeFileSync(join(directory, `${name}-${way}.png`), png);
}

function report(rows) {
  const { date, node, cpu } = machine();
  return [
    '# Pages of Open WebUI, as a browser shows them',
    `- ${date}, Node ${node}, ${cpu}`,
    '- `npm run bench -- page-look --open-webui …`: screenshots of 1280 by 800 pixels, gateway and direct; ' +
      'no animations, no random choices',
    table(['page', ...rows[0].slice(1).map((_, i) => `pixels of ${1280 * 800} that differ, visit ${i + 1}`)], rows),
  ]
    .join('\n\n')
    .concat('\n');
}
