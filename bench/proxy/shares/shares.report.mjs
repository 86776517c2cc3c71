import { table } from '../../harness/table.mjs';

const WITHIN = 0.05;

/** @param {import('./shares.part.mjs').Shares} measured */
export function sharesVerdicts({ weights, counts, failed }) {
  const deviations = counts.map((count, index) => deviation(requestsOf(count), counts.map(requestsOf), weights, index));
  const most = Math.max(...deviations.map(Math.abs));
  return [
    {
      aim: `shares within ${WITHIN * 100} % of the weights ${weights.join(':')} over two gateways`,
      measured: `${percent(most)} off at most`,
      isMet: most <= WITHIN,
    },
    { aim: 'mixed load: no failed request', measured: String(failed), isMet: failed === 0 },
  ];
}

/** @param {import('./shares.part.mjs').Shares} measured */
export function sharesSection({ weights, counts, asked }) {
  const head = ['weight', 'requests', 'share', 'due', 'off by', 'short', 'off by', 'streams', 'off by'];
  const rows = counts.map((count, index) => {
    const all = counts.map(requestsOf);
    const offBy = (of) => percent(deviation(of(count), counts.map(of), weights, index));
    return [
      ...[weights[index], requestsOf(count)].map(String),
      percent(requestsOf(count) / sum(all)),
      percent(weights[index] / sum(weights)),
      offBy(requestsOf),
      ...[shortOf, streamsOf].flatMap((of) => [String(of(count)), offBy(of)]),
    ];
  });
  return ['## Shares by weight', introduction(asked), table(head, rows)].join('\n\n');
}

const introduction = (
  asked,
) => `${asked} requests, open loop, Poisson arrivals, over two gateways by turns, three pods: nine of ten are
answered after 20 ms, one is an event stream
of 2 to 4 s. Counted at the pods; *off by* is relative to the share that is due.`;

const shortOf = ({ work }) => work;
const streamsOf = ({ events }) => events;
const requestsOf = (count) => shortOf(count) + streamsOf(count);
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const percent = (ratio) => `${(ratio * 100).toFixed(1)} %`;
const deviation = (requests, all, weights, index) => requests / sum(all) / (weights[index] / sum(weights)) - 1;
