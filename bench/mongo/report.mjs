import { machine } from '../harness/machine.mjs';
import { table } from '../harness/table.mjs';

const MAX_COST = 0.03;

const LIMITS = [
  '## Limits',
  '',
  '- Ways are compared round by round, because other programs share the machine; see the load average.',
  '- Server and client share two cores, and the client does nothing but database calls: a service does more per call.',
  '- SecantusDB does not report what a `$lookup` examines, so a join without an index is not among the problems.',
  '',
];

/** The report of what was measured; a part that was not is left out. */
export function report({ command, peers, stores, load, advice, cost, service, calls }) {
  const { date, node, cpu } = machine();
  return [
    '# Query monitor and optimizer',
    '',
    `- ${date}, Node ${node}, ${cpu}; load average before: ${load.toFixed(1)}`,
    `- ${peers.join(', ')}`,
    `- ${stores}`,
    `- \`${command}\``,
    '',
    ...(service ? serviceSection(service) : []),
    ...(cost ? costSection(cost) : []),
    ...(advice ? adviceSection(advice) : []),
    ...(calls ? callsSection(calls) : []),
    ...LIMITS,
  ].join('\n');
}

function costSection(servers) {
  return [
    '## Cost in a client that only queries',
    '',
    'One client with 16 operations at a time: half reads by id, three tenths lists of ten, two tenths updates.',
    'The ways take short turns; the optimizer explains once in ten seconds. A cost is the median over the rounds, each',
    'beside the mean of the two bare ways in the same round. Behind it is the range that contains the true median with',
    '95 % confidence. The bare ways themselves show how exact that is.',
    '',
    ...servers.flatMap(({ server, ways }) => [`Against ${server}:`, '', costTable(ways), '']),
  ];
}

function serviceSection(ways) {
  return [
    '## Cost in the gateway',
    '',
    `Aim: ${MAX_COST * 100} % of throughput or less.`,
    'Three gateways, each alone on a core, with 16 requests of the native API at a time: in ten requests five lists of',
    'chats, three of messages, and two changes of a title, each with a round trip to the database.',
    '',
    costTable(ways),
    '',
  ];
}

/** Both bare ways are the base: their mean, in each round. */
function costTable(ways) {
  const beside = (figures, kind) =>
    signedRange(figures.map((figure, round) => figure / ((ways[0][kind][round] + ways[1][kind][round]) / 2) - 1));
  return table(
    ['way', 'per second, median', 'throughput', 'µs of CPU each, median', 'lowest quarter', 'CPU'],
    ways.map(({ way, perSecond, cpuMicros }) => [
      way,
      whole(median(perSecond)),
      beside(perSecond, 'perSecond'),
      median(cpuMicros).toFixed(0),
      quarter(cpuMicros).toFixed(0),
      beside(cpuMicros, 'cpuMicros'),
    ]),
  );
}

function adviceSection({ documents, healthyShapes, problems, falseAdvice, onHealthy, applied }) {
  const found = problems.filter((problem) => problem.found).length;
  return [
    '## Advice',
    '',
    `${whole(documents)} documents in 8 collections. Found: ${found} of ${problems.length} seeded problems.`,
    `Advice without a problem behind it: ${falseAdvice.length}.`,
    `Advice on ${healthyShapes} healthy query shapes: ${onHealthy.length}.`,
    '',
    table(
      ['problem', 'advice'],
      problems.map(({ name, found: advice }) => [name, advice ? textOf(advice) : 'not found']),
    ),
    '',
    '## Advised indexes, applied',
    '',
    'Documents or keys examined for each returned document, whichever are more.',
    '',
    table(
      ['collection', 'index', 'query', 'before', 'after'],
      applied.map(({ collection, index, query, before, after }) => [
        collection,
        keyText(index),
        `\`${query.slice(0, 90)}\``,
        whole(ratio(before)),
        whole(ratio(after)),
      ]),
    ),
    '',
    'Counts and groups return one result for all that they count; writes that match nothing return none.',
    '',
  ];
}

const callsSection = (calls) => [
  '## Round trips to the database',
  '',
  'One gateway, with Redis. `e2e/src/round-trips.e2e-spec.ts` fails if a number changes.',
  '',
  table(
    ['call', 'round trips'],
    calls.map(({ call, roundTrips }) => [call, whole(roundTrips)]),
  ),
  '',
];

const textOf = ({ kind, collection, index, name, code }) => {
  const subject = name ?? (index ? keyText(index) : code);
  return [kind, collection, subject].filter(Boolean).join(' ');
};
const keyText = (index) => `\`${JSON.stringify(index).replaceAll('"', '')}\``;
const ratio = ({ docsExamined, keysExamined, returned }) =>
  Math.max(docsExamined, keysExamined) / Math.max(1, returned);
const whole = (number) => Math.round(number).toLocaleString('en');
/** The median of shares, and its interval of 95 % confidence by the order of the figures (binomial). */
function signedRange(shares) {
  const sorted = shares.toSorted((a, b) => a - b);
  const reach = 0.98 * Math.sqrt(sorted.length);
  const low = sorted[Math.max(0, Math.floor(sorted.length / 2 - reach))];
  const high = sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length / 2 + reach))];
  return `${signed(median(shares))} (${signed(low)} to ${signed(high)})`;
}
const signed = (share) => `${share > 0 ? '+' : ''}${(share * 100).toFixed(1)} %`;
const quarter = (figures) => figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 4)];
const median = (figures) => figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)];
