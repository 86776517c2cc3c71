import { quantile } from '../../harness/distribution.mjs';
import { table } from '../../harness/table.mjs';

const EJECTED_AIM_MS = 1000;
/** In which the death may be felt. */
const AFTER_MS = 1000;

/** @param {import('./kill.part.mjs').Kill[]} kills */
export function killVerdicts(kills) {
  const failed = kills.reduce((sum, kill) => sum + failedOf(kill), 0);
  const slowestMs = Math.max(...kills.map(({ ejectedMs = Infinity }) => ejectedMs));
  return [
    {
      aim: 'a pod killed under 1,000 requests/s: no failed idempotent request',
      measured: `${failed} failed in ${kills.length} kills`,
      isMet: failed === 0,
    },
    {
      aim: `a killed pod is ejected in ${EJECTED_AIM_MS} ms or less`,
      measured: tell(slowestMs),
      isMet: slowestMs <= EJECTED_AIM_MS,
    },
  ];
}

/** @param {import('./kill.part.mjs').Kill[]} kills */
export function killSection(kills) {
  const head = [
    'kill',
    'requests',
    'a second',
    'failed',
    'ejected after, ms',
    'p99 before, ms',
    'p99 in the second after',
    'slowest in the second after',
  ];
  const rows = kills.map((kill, index) => {
    const { answers, killedAt, ejectedMs } = kill;
    const before = timesOf(answers, ({ askedAt, tookMs }) => askedAt + tookMs < killedAt);
    const after = timesOf(
      answers,
      ({ askedAt, tookMs }) => askedAt + tookMs >= killedAt && askedAt < killedAt + AFTER_MS,
    );
    return [
      ...[index + 1, answers.length, rateOf(answers), failedOf(kill)].map(String),
      ejectedMs,
      quantile(before, 0.99),
      quantile(after, 0.99),
      Math.max(...after),
    ];
  });
  return ['## One of three pods killed', INTRODUCTION, table(head, rows)].join('\n\n');
}

const INTRODUCTION = `1,000 GET requests a second, open loop, Poisson arrivals, each answered by its pod after 10
ms; after 2 of 6 s one of three pods gets SIGKILL. *Ejected* is
when the gateway's log says that the pod gets no more requests. Each kill has pods and a gateway of its own.`;

const failedOf = ({ answers }) => answers.filter(({ isWell }) => !isWell).length;
const rateOf = (answers) => Math.round((answers.length * 1000) / (answers.at(-1).askedAt - answers[0].askedAt));
const timesOf = (answers, isCounted) => answers.filter(isCounted).map(({ tookMs }) => tookMs);
const tell = (ms) => (ms === Infinity ? 'not ejected' : `${ms.toFixed(0)} ms at most`);
