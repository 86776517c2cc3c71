import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { must } from '../shell.mjs';
import { program } from '../tools.mjs';

const RULES = fileURLToPath(new URL('../../k8s/monitoring/rules.yml', import.meta.url));
const TESTS = RULES.replace('rules.yml', 'rules.test.yml');
const RUNBOOK = fileURLToPath(new URL('../../docs/alerts.md', import.meta.url));

/** Prometheus takes the rules, their tests pass, and each alert has a test and a section of the runbook. */
export async function checkMonitoring(report) {
  await report.check('promtool check rules', async () => {
    await must(await program('promtool'), ['check', 'rules', RULES]);
  });
  await report.check('promtool test rules', async () => {
    await must(await program('promtool'), ['test', 'rules', TESTS]);
  });
  await report.check('every expression of the dashboards is one that Prometheus takes', dashboardsParse);
  await report.check('every alert has a test and a section of docs/alerts.md', everyAlertIsCovered);
}

async function everyAlertIsCovered() {
  const [rules, tests, runbook] = await Promise.all([RULES, TESTS, RUNBOOK].map((file) => readFile(file, 'utf8')));
  const alerts = parse(rules).groups.flatMap((group) => group.rules.map(({ alert }) => alert));
  const tested = new Set(parse(tests).tests.map(({ name }) => name));
  const bare = alerts.filter((alert) => !tested.has(alert) || !runbook.includes(`\n## ${alert}\n`));
  if (bare.length > 0) throw new Error(`without a test or a section: ${bare.join(', ')}`);
  return `${alerts.length} alerts`;
}

/** As recording rules, which promtool parses. */
async function dashboardsParse() {
  const folder = await mkdtemp(join(tmpdir(), 'slipstream-dashboards-'));
  try {
    const expressions = await dashboardExpressions();
    const rules = expressions.map((expr, index) => ({ record: `dashboards:${index}`, expr }));
    await writeFile(join(folder, 'rules.yml'), JSON.stringify({ groups: [{ name: 'dashboards', rules }] }));
    await must(await program('promtool'), ['check', 'rules', join(folder, 'rules.yml')]);
    return `${expressions.length} expressions`;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function dashboardExpressions() {
  const files = (await readdir(dirname(RULES))).filter((name) => name.endsWith('.json'));
  const dashboards = await Promise.all(files.map((name) => readFile(join(dirname(RULES), name), 'utf8')));
  return dashboards.flatMap((text) =>
    JSON.parse(text).panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  );
}
