import { ODD_HOSTS, ODD_METHODS, ODD_NAMES, ODD_TARGETS, ODD_VALUES, SEEDS, type Seed } from './corpus.js';
import type { Random } from './random.js';

/** Bytes as a hostile client sends them: the pieces of one connection, in Latin-1. */
export type Input = readonly string[];

type Change = (seed: Seed, random: Random) => void;

const at = (seed: Seed, random: Random): number => random.below(seed.fields.length + 1);

const CHANGES: readonly Change[] = [
  (seed, random) =>
    void (seed.fields = seed.fields.map(([name, value]) => [name, name === 'Host' ? random.pick(ODD_HOSTS) : value])),
  (seed, random) => void (seed.method = random.pick(ODD_METHODS)),
  (seed, random) => void (seed.target = random.pick(ODD_TARGETS)),
  (seed, random) => void (seed.target += random.pick(ODD_VALUES)),
  (seed, random) => void seed.fields.splice(at(seed, random), 0, [random.pick(ODD_NAMES), random.pick(ODD_VALUES)]),
  (seed, random) => void seed.fields.splice(at(seed, random), 1),
  (seed, random) => void seed.fields.push(...seed.fields.slice(at(seed, random))),
  (seed, random) => void (seed.fields = seed.fields.toSorted(() => random.next() - 0.5)),
  (seed, random) =>
    void (seed.fields = seed.fields.map(([name, value]) =>
      random.chance(0.3) ? [name, random.pick(ODD_VALUES)] : [name, value],
    )),
  (seed, random) => void seed.fields.push(...random.pick(SEEDS).fields),
  (seed, random) => void seed.fields.push(['Expect', random.chance(0.5) ? '100-continue' : 'x']),
  (seed) =>
    void seed.fields.push(
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket'],
      ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
      ['Sec-WebSocket-Version', '13'],
    ),
  (seed, random) =>
    void (seed.body += random.pick([
      ...ODD_VALUES,
      '0\r\n\r\n',
      'ffffffffffffffff\r\n',
      '5;\r\nhello\r\n',
      '[{"a":'.repeat(3_000),
      '{"model":"demo-echo"}',
    ])),
  (seed, random) =>
    void (seed.fields = Array.from({ length: random.below(200) }, (_, i) => [
      `x-${i}`,
      random.pick(ODD_VALUES.slice(0, 20)),
    ])),
];

/** One connection's bytes: a few requests, changed in structure, then in bytes, then cut into pieces. */
export function http1Input(random: Random): Input {
  const requests = Array.from({ length: 1 + random.below(4) }, () =>
    random.chance(0.2) ? takingOver(random) : changed(random),
  );
  return pieces(damaged(requests.join(''), random), random);
}

/**
 * Requests that Node's server answers, or hands over, by a way of its own; behind one another they meet in one
 * connection.
 */
const TAKING_OVER: readonly Seed[] = SEEDS.filter(
  ({ method, fields }) => method === 'CONNECT' || fields.some(([name]) => name === 'Upgrade' || name === 'Expect'),
);

const takingOver = (random: Random): string => {
  const { method, target, fields, body } = random.pick(TAKING_OVER);
  return written({
    method,
    target,
    body,
    fields: [
      ['Host', '127.0.0.1'],
      ...fields.map(([name, value]): [string, string] => [name, name === 'Expect' && random.chance(0.5) ? 'x' : value]),
    ],
  });
};

function changed(random: Random): string {
  const { method, target, fields, body } = random.pick(SEEDS);
  const seed: Seed = { method, target, fields: [['Host', '127.0.0.1'], ...fields], body };
  for (let changes = random.below(4); changes > 0; changes--) random.pick(CHANGES)(seed, random);
  return written(seed, random.chance(0.95) ? 1 : random.below(3));
}

const written = ({ method, target, fields, body }: Seed, minor = 1): string =>
  `${method} ${target} ` +
  `HTTP/1.${minor}\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;

function damaged(text: string, random: Random): string {
  let bytes = text;
  for (let changes = random.chance(0.5) ? 0 : 1 + random.below(4); changes > 0; changes--) {
    const [from, length] = [random.below(bytes.length + 1), random.below(random.chance(0.5) ? 4 : 60)];
    const instead = random.pick([
      '',
      bytes.slice(from, from + length).repeat(2),
      String.fromCharCode(random.below(256)),
      '\r\n',
      '\n',
      '\r',
      ' ',
      bytes.slice(random.below(bytes.length + 1)).slice(0, 80),
    ]);
    bytes = bytes.slice(0, from) + instead + bytes.slice(from + length);
  }
  return random.chance(0.15) ? bytes.slice(0, random.below(bytes.length + 1)) : bytes;
}

export function pieces(bytes: string, random: Random): Input {
  const cuts = Array.from({ length: random.chance(0.5) ? 0 : random.below(6) }, () =>
    random.below(bytes.length + 1),
  ).toSorted((a, b) => a - b);
  return [0, ...cuts].map((from, i) => bytes.slice(from, cuts[i] ?? bytes.length)).filter((piece) => piece !== '');
}
