import { canPin } from '../harness/cores.mjs';
import { machine } from '../harness/machine.mjs';
import { table } from '../harness/table.mjs';
import { limits } from './limits.mjs';

/**
 * The report, in Markdown.
 * @param {object} run
 * @param {{verdicts: import('./part.mjs').Verdict[], section: string}[]} run.results
 * @param {{rounds: number, seconds: number}} run.options
 * @param {string[]} run.peers names and versions
 * @param {number} run.loadBefore processes that wanted to run in the minute before, on average
 * @param {string} run.command
 */
export function report({ results, options: { rounds, seconds }, peers, loadBefore, command }) {
  const { date, node, cpu } = machine();
  const context = [
    `- ${date}, Node ${node}, ${cpu}; load of the minute before: ${loadBefore.toFixed(1)}`,
    ...(peers.length > 0 ? [`- ${peers.join(', ')}`] : []),
    `- \`${command}\`: ${rounds} rounds of ${seconds} s for each way, in turn, after a warm-up; everything on loopback`,
  ].join('\n');
  const verdicts = results.flatMap((result) => result.verdicts);
  const aims = table(
    ['aim', 'measured', 'met'],
    verdicts.map(({ aim, measured, isMet }) => [aim, measured, isMet ? 'yes' : '**no**']),
  );
  const sections = results.map(({ section }) => section);
  return [
    '# The web pool beside other proxies',
    context,
    aims,
    ...sections,
    '## Limits of the measurement',
    limits({ canPin }),
  ]
    .join('\n\n')
    .concat('\n');
}
