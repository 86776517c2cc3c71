import { canPin } from '../harness/cores.mjs';
import { median, p95 } from '../harness/distribution.mjs';
import { machine, packageVersion } from '../harness/machine.mjs';
import { table } from '../harness/table.mjs';
import { limits } from './limits.mjs';

const ADDED_AIM_MS = 15;
const RESIDENT_AIM_MB = 150;

/**
 * The report, in Markdown.
 * @param {object} results
 * @param {import('./rounds.mjs').Measured[]} results.measured the first is the one that the others are held against
 * @param {{service: import('../harness/service.mjs').Service, startsMs: number[], residentAtStartMb: number,
 * residentAfterLoadMb: number}[]} results.memory
 * @param {string[]} results.stores where Redis, RabbitMQ and MongoDB came from
 * @param {import('./rounds.mjs').Load} results.load
 * @param {string} results.command
 */
export function report({ measured, memory, stores, load, command }) {
  return [
    '# Time to first token of a queued message',
    context({ ...load, stores, command }),
    `Aim: p95 at most ${ADDED_AIM_MS} ms more than the model server called directly, the database's ` +
      'own time not counted. Times in ms.',
    firstTokens(measured),
    '## p95 round by round',
    'Rounds that differ much make the pooled p95 uncertain: the machine was busy with other things, ' +
      'or the services had not settled.',
    roundByRound(measured),
    '## Where the time goes',
    stages(measured),
    '## Start-up time and resident memory',
    `Aim: ${RESIDENT_AIM_MB} MB or less each. Start-up is from spawning the process to \`/health/ready\` saying ok.`,
    startsAndMemory(memory),
    '## Limits of the measurement',
    limits({ canPin }),
  ]
    .join('\n\n')
    .concat('\n');
}

function context({ rate, seconds, rounds, warmUpSeconds, stores, command }) {
  const { date, node, cpu } = machine();
  return [
    `- ${date}, Node ${node}, ${cpu}`,
    `- peers: ${['amqplib', 'ioredis'].map(packageVersion).join(', ')}`,
    `- stores: ${stores.join('; ')}`,
    `- \`${command}\`: ${rate} messages/s, open loop, Poisson arrivals; ${warmUpSeconds} s of ` +
      `warm-up, then ${rounds} rounds of ${seconds} s for each way, in turn`,
  ].join('\n');
}

function firstTokens(measured) {
  const [direct] = measured;
  const head = [
    'way',
    'messages',
    'p50',
    'p95',
    'added p50',
    'added p95',
    'of it database (mean sum)',
    'added p95 without database',
  ];
  return table(
    head,
    measured.map((one) => [
      one.way.name,
      String(one.rounds.flat().length),
      ...quantiles(one),
      ...(one === direct ? NOTHING_ADDED : added(one, direct)),
    ]),
  );
}

const NOTHING_ADDED = Array(4).fill(undefined);
const firstTokensOf = (times) => times.map(({ firstTokenMs }) => firstTokenMs);
const quantiles = ({ rounds }) => [median, p95].map((of) => of(firstTokensOf(rounds.flat())));

function added(one, direct) {
  const [p50Ms, p95Ms] = quantiles(one).map((value, index) => value - quantiles(direct)[index]);
  const databaseMs = usesDatabase(one) ? sum(one.database.meanMs) : 0;
  return [p50Ms, p95Ms, usesDatabase(one) ? databaseMs : undefined, p95Ms - databaseMs];
}

function roundByRound(measured) {
  const head = ['way', ...measured[0].rounds.map((_, index) => `round ${index + 1}`)];
  return table(
    head,
    measured.map(({ way, rounds }) => [way.name, ...rounds.map((times) => p95(firstTokensOf(times)))]),
  );
}

/** Until the 202, and from there on; then the database, by operation. */
function stages(measured) {
  const queued = measured.slice(1);
  const operations = queued[0].database.meanMs.map(({ operation }) => operation);
  const head = [
    'way',
    '202 p50',
    '202 p95',
    '202 to first token p50',
    '202 to first token p95',
    ...operations.map((name) => `${name} mean`),
  ];
  return table(
    head,
    queued.map((one) => {
      const { way, rounds, database } = one;
      const accepted = rounds.flat().map(({ acceptedMs }) => acceptedMs);
      const rest = rounds.flat().map(({ acceptedMs, firstTokenMs }) => firstTokenMs - acceptedMs);
      return [
        way.name,
        median(accepted),
        p95(accepted),
        median(rest),
        p95(rest),
        ...database.meanMs.map(({ ms }) => (usesDatabase(one) ? ms : undefined)),
      ];
    }),
  );
}

function startsAndMemory(memory) {
  const head = ['service', 'start-up, median', 'slowest', 'resident at start, MB', 'resident after the load, MB'];
  return table(
    head,
    memory.map(({ service, startsMs, residentAtStartMb, residentAfterLoadMb }) => [
      service.name,
      median(startsMs),
      Math.max(...startsMs),
      residentAtStartMb,
      residentAfterLoadMb,
    ]),
  );
}

/** The bare loop has none. */
const usesDatabase = ({ way }) => way.managementUrls.length > 0;
const sum = (means) => means.reduce((total, { ms }) => total + ms, 0);
