import { median } from '../harness/distribution.mjs';
import { machine } from '../harness/machine.mjs';
import { table } from '../harness/table.mjs';

const LEAST_OF_BENTOCACHE = 1;
const LEAST_OF_BARE = 0.7;

/**
 * The report, in Markdown.
 * @param {object} run
 * @param {import('./objects/hits.mjs').Hits[]} run.hits
 * @param {Awaited<ReturnType<typeof import('./objects/cold-reads.mjs').measureColdReads>>} run.cold
 * @param {{verdicts: import('../proxy/part.mjs').Verdict[], section: string}[]} run.responses by part
 * @param {{rounds: number, seconds: number}} run.options
 * @param {string[]} run.peers names and versions
 * @param {number} run.loadBefore processes that wanted to run in the minute before, on average
 * @param {string} run.command
 */
export function report({ hits, cold, responses, options: { rounds, seconds }, peers, loadBefore, command }) {
  const { date, node, cpu } = machine();
  const context = [
    `- ${date}, Node ${node}, ${cpu}; load of the minute before: ${loadBefore.toFixed(1)}`,
    `- ${peers.join(', ')}`,
    `- \`${command}\`: ${rounds} rounds of ${seconds} s for each way, in turn, after a warm-up; Redis over loopback`,
  ].join('\n');
  const aims = table(['aim', 'measured', 'met'], [...hits.flatMap(hitAims), coldAim(cold), ...verdictRows(responses)]);
  return [
    '# The caches beside bentocache, bare ioredis and nginx',
    context,
    aims,
    '## Hits of the object cache',
    HITS,
    hitTable(hits),
    '## Cold reads of the object cache',
    coldText(cold),
    coldTable(cold),
    ...responses.map(({ section }) => section),
    '## Limits of the measurement',
    LIMITS,
  ]
    .join('\n\n')
    .concat('\n');
}

/** The report of some parts of the response cache. */
export function partsReport({ responses, peers, loadBefore, command }) {
  const { date, node, cpu } = machine();
  const context = [
    `- ${date}, Node ${node}, ${cpu}; load of the minute before: ${loadBefore.toFixed(1)}`,
    `- ${peers.join(', ')}`,
    `- \`${command}\``,
  ].join('\n');
  const aims = table(['aim', 'measured', 'met'], verdictRows(responses));
  return [context, aims, ...responses.map(({ section }) => section)].join('\n\n').concat('\n');
}

const verdictRows = (responses) =>
  responses.flatMap(({ verdicts }) => verdicts.map(({ aim, measured, isMet }) => [aim, measured, met(isMet)]));

function hitAims({ value, ways }) {
  const [ofBento, ofBare] = [ratio(ways.memory, ways.bentocache), ratio(ways.shared, ways.bare)];
  return [
    [
      `hit in memory, ${value}: at least as fast as bentocache`,
      ofBento.toFixed(2),
      met(ofBento >= LEAST_OF_BENTOCACHE),
    ],
    [
      `hit in Redis, ${value}: at least ${LEAST_OF_BARE} of a bare ioredis GET and JSON.parse`,
      ofBare.toFixed(2),
      met(ofBare >= LEAST_OF_BARE),
    ],
  ];
}

function coldAim({ reads, processes, rounds }) {
  const most = Math.max(...rounds.map(({ loads }) => loads));
  return [`${reads} cold reads at once over ${processes} processes: one load`, `${most} at most`, met(most === 1)];
}

const NAMES = {
  memory: 'Slipstream, memory',
  bentocache: 'bentocache, memory',
  shared: 'Slipstream, Redis',
  bare: 'bare ioredis GET and JSON.parse',
};

function hitTable(hits) {
  const head = ['value', 'way', 'reads/s', ...hits[0].ways.memory.map((_, i) => `round ${i + 1}`)];
  const rows = hits.flatMap(({ value, bytes, ways }) =>
    Object.entries(ways).map(([way, rounds]) => [
      `${value}, ${bytes} bytes`,
      NAMES[way],
      ...[median(rounds), ...rounds].map((perSecond) => perSecond.toFixed(0)),
    ]),
  );
  return table(head, rows);
}

function coldTable({ rounds }) {
  return table(
    ['round', 'loads', 'different values', 'all answered after ms'],
    rounds.map(({ loads, loaders, ms }, i) => [String(i + 1), String(loads), String(loaders), ms]),
  );
}

const coldText = ({ reads, processes, loadMs }) =>
  `In each round one unread key: ${reads} reads begin at the same time, in ${processes} processes; ` +
  `a load takes ${loadMs} ms.`;

const ratio = (ours, theirs) => median(ours) / median(theirs);
const met = (isMet) => (isMet ? 'yes' : '**no**');

const HITS = `One process that does nothing else, over 1,000 keys; the first figure is the median of the rounds.
Reads in memory come one after
the other. Reads from Redis are 64 at a time over one connection, the bare ones too; ours come from a cache that is
given no memory to keep them in, so
that all it does for a read that memory doesn't answer is in the figure.`;

const LIMITS = `- Both caches in memory keep text and parse it for each reader: a value belongs to who read it.
- bentocache has its L1 only here, without a bus for changes; ours receives messages of its bus meanwhile.
- Redis shares the machine's cores with what is measured.
- Absolute figures drift from machine to machine, and from hour to hour on a shared one; compare within one run.`;
