import { median } from '../harness/distribution.mjs';
import { machine } from '../harness/machine.mjs';
import { table } from '../harness/table.mjs';

const NAMES = { whole: 'whole files at Brotli 11', differences: 'differences to the dictionary' };
const MOST_BYTES = 0.4;
const MOST_TIME = 1.15;

/**
 * The report, in Markdown.
 * @param {{measured: Record<'whole' | 'differences', {upgraded: import('../page-load/visit.mjs').Visit,
 * warm: import('../page-load/visit.mjs').Visit}[]>, line: {latencyMs: number, bitsPerSecond: number}, runs: number,
 * loadBefore: number}} run
 */
export function report({ measured, line, runs, loadBefore }) {
  const { date, node, cpu } = machine();
  return [
    '# A page of Open WebUI after an upgrade, in a browser that has cached the former release',
    `- ${date}, Node ${node}, ${cpu}; load of the minute before: ${loadBefore.toFixed(1)}`,
    `- \`npm run bench -- page-upgrade …\`: ${line.latencyMs} ms and ${line.bitsPerSecond / 1e6} Mbit/s, ` +
      `${runs} runs of each kind in turn, each with a copy of one profile`,
    table(['aim', 'measured', 'met'], aims(measured)),
    table(
      [
        'browser gets',
        'KB',
        'of it scripts and styles, KB',
        'then the next dictionary, KB',
        'requests',
        'usable after ms',
        'then warm, ms',
        'each run, ms',
      ],
      Object.entries(measured).map(([kind, visits]) => [NAMES[kind], ...figures(visits)]),
    ),
  ]
    .join('\n\n')
    .concat('\n');
}

function aims({ whole, differences }) {
  const share = (figure) => middle(differences, 'upgraded', figure) / middle(whole, 'upgraded', figure);
  const time = middle(differences, 'upgraded', 'usableMs') / middle(differences, 'warm', 'usableMs');
  return [
    [
      `scripts and styles, bytes of whole ones at Brotli 11: at most ${MOST_BYTES}`,
      ...verdict(share('releaseBytes'), MOST_BYTES),
    ],
    ['all bytes of the page, of those with whole files', share('bytes').toFixed(2), ''],
    [`time until usable, of a warm reload: at most ${MOST_TIME}`, ...verdict(time, MOST_TIME)],
  ];
}

const figures = (visits) => [
  (middle(visits, 'upgraded', 'bytes') / 1000).toFixed(0),
  (middle(visits, 'upgraded', 'releaseBytes') / 1000).toFixed(0),
  (middle(visits, 'upgraded', 'dictionaryBytes') / 1000).toFixed(0),
  String(median(visits.map(({ upgraded }) => upgraded.requests.length))),
  middle(visits, 'upgraded', 'usableMs').toFixed(0),
  middle(visits, 'warm', 'usableMs').toFixed(0),
  visits.map(({ upgraded }) => upgraded.usableMs.toFixed(0)).join(', '),
];

const middle = (visits, visit, figure) => median(visits.map((each) => each[visit][figure]));

const verdict = (share, most) => [share.toFixed(2), share <= most ? 'yes' : '**no**'];
