import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { ROOT } from '../workspace.mjs';

/** The variable that names the report's file. */
export const REPORT_FILE = 'SLIPSTREAM_TEST_REPORT';

/**
 * What one vitest run came to. A failure is a test, a file that could not be loaded, or an error outside of the tests.
 * @typedef {{passed: number, failed: number, skipped: number, failures: string[]}} RunReport
 */

/** A reporter of vitest that writes a {@link RunReport} as JSON. */
export default class RunReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly import('vitest').SerializedError[]} errors
   */
  onTestRunEnd(modules, errors) {
    writeFileSync(process.env[REPORT_FILE], JSON.stringify(reportOf(modules, errors)));
  }
}

/** @returns {RunReport} */
export function reportOf(modules, errors) {
  const report = { passed: 0, failed: 0, skipped: 0, failures: [] };
  for (const module of modules) {
    const file = relative(ROOT, module.moduleId);
    report.failures.push(...module.errors().map((error) => `${file}: ${firstLine(error)}`));
    for (const test of module.children.allTests()) {
      const { state, errors = [] } = test.result();
      report[COUNTED[state]] += 1;
      if (state === 'failed') report.failures.push(`${file} > ${test.fullName}: ${errors.map(firstLine).join('; ')}`);
    }
  }
  report.failures.push(...errors.map((error) => `outside of the tests: ${firstLine(error)}`));
  return report;
}

/** A test that never ended proves as little as one that was skipped. */
const COUNTED = { passed: 'passed', failed: 'failed', skipped: 'skipped', pending: 'skipped' };

const firstLine = ({ message }) => message.split('\n', 1)[0].slice(0, 300);
