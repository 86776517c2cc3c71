import { canPin } from '../harness/cores.mjs';
import { median, quantile } from '../harness/distribution.mjs';
import { machine } from '../harness/machine.mjs';
import { table } from '../harness/table.mjs';
import { IN_FLIGHT, PREFETCH } from './settings.mjs';

const LEAST_OF_BARE = 0.8;
/** Growth that is the garbage collector's leisure. */
const FLAT_RATIO = 1.25;

/**
 * The report, in Markdown.
 * @param {object} run
 * @param {import('./loop.mjs').Measured[]} run.measured
 * @param {Awaited<ReturnType<typeof import('./drain.mjs').measureDrain>>} run.drained
 * @param {{rounds: number, messages: number, backlog: number}} run.options
 * @param {string[]} run.peers names and versions
 * @param {number} run.loadBefore
 * @param {string} run.command
 */
export function report({ measured, drained, options, peers, loadBefore, command }) {
  const { date, node, cpu } = machine();
  const context = [
    `- ${date}, Node ${node}, ${cpu}; load of the minute before: ${loadBefore.toFixed(1)}`,
    `- ${peers.join(', ')}`,
    `- \`${command}\`: ${options.rounds} rounds of ${options.messages} messages for each way, in ` +
      'turn, after a warm-up of as many; everything on loopback',
  ].join('\n');
  const aims = table(
    ['aim', 'measured', 'met'],
    verdicts(measured, drained, options).map(({ aim, measured: value, isMet }) => [
      aim,
      value,
      isMet ? 'yes' : '**no**',
    ]),
  );
  return [
    '# The queues beside bare amqplib',
    context,
    aims,
    '## Publish, confirm, consume, acknowledge',
    INTRODUCTION,
    loopTable(measured),
    '### How far the rounds are apart',
    spread(measured),
    '## A full queue drained',
    drainText(drained, options),
    '## Limits of the measurement',
    LIMITS,
  ]
    .join('\n\n')
    .concat('\n');
}

function verdicts(measured, { warmMb, maxMb }, { backlog }) {
  const [bare, nest, ours] = measured;
  const [ofBare, ofNest] = [bare, nest].map((other) => medianOfRatios(ours, other));
  return [
    {
      aim: `messages per second at least ${LEAST_OF_BARE} of bare amqplib's`,
      measured: ofBare.toFixed(2),
      isMet: ofBare >= LEAST_OF_BARE,
    },
    { aim: "above Nest's own RMQ transport", measured: ofNest.toFixed(2), isMet: ofNest > 1 },
    {
      aim: `${backlog} messages drained with flat memory: at most ${FLAT_RATIO} of what it was after the first fifth`,
      measured: (maxMb / warmMb).toFixed(2),
      isMet: maxMb / warmMb <= FLAT_RATIO,
    },
  ];
}

const INTRODUCTION = `One process on one core publishes with confirms
(${IN_FLIGHT} at a time) and consumes with
acknowledgements (${PREFETCH} at a time), over the same kind of quorum
queue, persistent messages of the same payload. **of bare** and **of Nest** are medians of the ratios within a
round. Slipstream's messages carry headers, are checked by their schema on both sides, counted
and timed, and acknowledged together where they end together; it consumes two lanes, and a message that no queue
takes comes back (\`mandatory\`, as the bare way has it; Nest's doesn't).`;

function loopTable(measured) {
  const [bare, nest] = measured;
  const rows = measured.map((one) => [
    one.name,
    middle(one, 'perSecond').toFixed(0),
    medianOfRatios(one, bare).toFixed(2),
    medianOfRatios(one, nest).toFixed(2),
    middle(one, 'cpuMicros').toFixed(0),
  ]);
  return table(['way', 'messages/s', 'of bare', 'of Nest', 'CPU µs/message'], rows);
}

/** Messages per second, and what the ratio to bare amqplib was within a round. */
function spread(measured) {
  const [bare] = measured;
  const quartiles = (values) => [0.25, 0.5, 0.75].map((share) => quantile(values, share));
  const rows = measured.map((one) => [
    one.name,
    ...quartiles(one.rounds.map(({ perSecond }) => perSecond)).map((value) => value.toFixed(0)),
    ...quartiles(ratios(one, bare)).map((value) => value.toFixed(2)),
  ]);
  return table(
    [
      'way',
      'messages/s: a quarter below',
      'half below',
      'three quarters below',
      'of bare: a quarter below',
      'half below',
      'three quarters below',
    ],
    rows,
  );
}

const drainText = ({ perSecond, warmMb, maxMb, lastMb }, { backlog }) =>
  `${backlog} messages that another process had published, drained by a fresh one: ` +
  `${perSecond.toFixed(0)} messages per second; resident ${warmMb.toFixed(0)} MB after the first ` +
  `fifth of the time, at most ${maxMb.toFixed(0)} MB later, ${lastMb.toFixed(0)} MB in the end.`;

const PINNED =
  'The measured process has one core to itself. RabbitMQ and the bench share the other, and RabbitMQ is mostly the ' +
  'limit: CPU per message is the steadier figure.';

const LIMITS = `- ${canPin ? PINNED : 'No process was pinned to a core (taskset with two cores is needed for that).'}
- One RabbitMQ node: quorum queues of a cluster wait for a majority, which takes longer and makes the ways more alike.
- The handlers do nothing. A real one takes milliseconds to minutes.
- Absolute figures drift from machine to machine, and from second to second on a shared one: the rounds are short,
  so that what disturbs one way disturbs the next
  one too, and ratios are taken within a round.`;

const middle = ({ rounds }, figure) => median(rounds.map((round) => round[figure]));
const ratios = (one, other) => one.rounds.map(({ perSecond }, index) => perSecond / other.rounds[index].perSecond);
const medianOfRatios = (one, other) => median(ratios(one, other));
