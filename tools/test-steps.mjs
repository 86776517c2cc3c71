import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countStep, countVitest } from './test-counts.mjs';
import { REPORT_FILE } from './testing/run-report.mjs';
import { ROOT, say } from './workspace.mjs';

/**
 * How the steps of a test run are run.
 * @typedef {{env: NodeJS.ProcessEnv, filters: string[], signal: AbortSignal}} Run
 */

/**
 * What one step came to, under the command that a person can repeat it with.
 * @typedef {import('./test-counts.mjs').Counts & {step: string, failures?: string[]}} StepCounts
 */

/** Builds the whole workspace, and checks the types of the specs. @param {Run} run @returns {Promise<StepCounts>} */
export const buildAll = (run) => runTool(run, 'tsc', ['-b']);

/**
 * Builds some projects and what they refer to.
 * @param {Run} run
 * @param {string[]} projects their folders
 * @returns {Promise<StepCounts>}
 */
export const buildProjects = (run, projects) =>
  projects.length > 0 ? runTool(run, 'tsc', ['-b', ...projects]) : { step: 'tsc', ...countStep(0) };

/**
 * Lints the whole workspace in one process. The rule about the layers reads the project graph that Nx has stored, and
 * skips its checks if there is none, as on a fresh clone: so Nx makes the graph first.
 * @param {Run} run
 * @returns {Promise<StepCounts>}
 */
export async function lintAll(run) {
  const graph = await runTool(run, 'nx', ['show', 'projects']);
  return graph.failed ? graph : runTool(run, 'eslint', ['.']);
}

async function runTool(run, command, args) {
  return { step: [command, ...args].join(' '), ...countStep(await runShown(run, command, args)) };
}

/**
 * Runs the tests of one configuration, with a line for each file. Temporary files of the tests, and of what they start
 * or kill, go to a folder of the run, which is deleted after it.
 * @param {Run} run
 * @param {string[]} options of vitest
 * @returns {Promise<StepCounts>}
 */
export async function runVitest(run, options) {
  const folder = mkdtempSync(join(tmpdir(), 'slipstream-vitest-'));
  try {
    const reportFile = join(folder, 'report.json');
    // With filters, one of the two runs may have nothing to do.
    const args = [
      'run',
      ...options,
      '--reporter=default',
      `--reporter=${join(ROOT, 'tools', 'testing', 'run-report.mjs')}`,
      ...(run.filters.length ? ['--passWithNoTests'] : []),
      ...run.filters,
    ];
    const env = { ...run.env, TMPDIR: folder, [REPORT_FILE]: reportFile };
    const exitCode = await runShown({ ...run, env }, 'vitest', args);
    const counts = countVitest(readReport(reportFile), { exitCode, skipsAllowed: run.filters.length > 0 });
    if (counts.skipped)
      say(`${counts.skipped} tests were skipped${run.filters.length ? '' : ', which counts as failed'}`);
    return { step: ['vitest run', ...options].join(' '), ...counts };
  } finally {
    rmSync(folder, { recursive: true, maxRetries: 10 });
  }
}

function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** Runs a tool of node_modules/.bin; resolves to its exit code, or 1 when it was ended or could not be started. */
function runShown({ env, signal }, command, args) {
  if (signal.aborted) return Promise.resolve(1);
  say([command, ...args].join(' '));
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, env, signal, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', (error) => {
      if (!signal.aborted) say(`${command}: ${error.message}`);
      if (child.pid === undefined) resolve(1);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}
