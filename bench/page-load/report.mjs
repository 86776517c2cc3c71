import { median } from '../harness/distribution.mjs';
import { machine } from '../harness/machine.mjs';
import { table } from '../harness/table.mjs';

/** Share of the other way's figure that is the most. */
const AIMS = [
  ['cold, time until usable, of direct', 'cold', 'usableMs', 'direct', 0.65],
  ['cold, time until usable, of nginx', 'cold', 'usableMs', 'nginx', 0.85],
  ['cold, bytes, of direct', 'cold', 'bytes', 'direct', 0.8],
  ['warm, time until usable, of nginx', 'warm', 'usableMs', 'nginx', 0.8],
  ['warm, bytes, of direct', 'warm', 'bytes', 'direct', 0.3],
];

/**
 * The report, in Markdown.
 * @param {{measured: {name: string, cold: import('./visit.mjs').Visit[], warm: import('./visit.mjs').Visit[]}[],
 * line: {latencyMs: number, bitsPerSecond: number}, runs: number, loadBefore: number}} run
 */
export function report({ measured, line, runs, loadBefore }) {
  const { date, node, cpu } = machine();
  const wayOf = (name) => measured.find((way) => way.name === name);
  const middle = (name, kind, figure) => median(wayOf(name)[kind].map((v) => v[figure]));
  const gained = 1 - middle('preloads', 'cold', 'usableMs') / middle('gateway', 'cold', 'usableMs');
  const rows = measured.flatMap(({ name, cold, warm }) =>
    Object.entries({ cold, warm }).map(([kind, visits]) => [
      name,
      kind,
      median(visits.map(({ usableMs }) => usableMs)).toFixed(0),
      (median(visits.map(({ bytes }) => bytes)) / 1000).toFixed(0),
      String(median(visits.map(({ requests }) => requests.length))),
      visits.map(({ usableMs }) => usableMs.toFixed(0)).join(', '),
    ]),
  );
  return [
    '# A page of Open WebUI in Chromium',
    `- ${date}, Node ${node}, ${cpu}; load of the minute before: ${loadBefore.toFixed(1)}`,
    `- \`npm run bench -- page-load --open-webui …\`: ${line.latencyMs} ms and ${line.bitsPerSecond / 1e6} Mbit/s, ` +
      `${runs} runs of each way in turn, after a visit that fills the caches`,
    '- direct is plain HTTP/1.1; nginx (HTTP/2, cache for files that never change) and the gateway serve TLS',
    `- preloads: the gateway names what earlier browsers loaded (\`web.assets.preloads\`, off by default): ` +
      `a cold page is usable ${(100 * gained).toFixed(0)} % sooner (5 % asked for it to be on by default)`,
    table(['aim', 'measured', 'met'], aims(wayOf)),
    table(['way', 'visit', 'usable after ms', 'KB', 'requests', 'each run, ms'], rows),
    '## Limits of the measurement',
    LIMITS,
  ]
    .join('\n\n')
    .concat('\n');
}

function aims(wayOf) {
  return AIMS.map(([aim, kind, figure, other, most]) => {
    const [own, others] = [wayOf('gateway'), wayOf(other)].map((way) => way[kind].map((visit) => visit[figure]));
    const share = median(own) / median(others);
    const ofRounds = median(own.map((each, round) => each / others[round]));
    const shown = `${share.toFixed(2)}; by rounds ${ofRounds.toFixed(2)}`;
    return [`${aim}: at most ${most}`, shown, share <= most ? 'yes' : '**no**'];
  });
}

const LIMITS = `- Usable: \`#chat-input\` is visible. Figures are medians. Bytes: all answers, heads included.
- By rounds: the median over the rounds of this way's figure beside the other's, because the machine's speed drifts.
- Browser, application and proxies share the machine. Running 7 MB of scripts takes much of the time.
- The line is a relay of TCP connections: a round trip to connect, one rate for all of them; no slow start, no loss.
- Chromium's own emulation stalls for a minute now and then, with all data received (of nginx and gateway alike).`;
