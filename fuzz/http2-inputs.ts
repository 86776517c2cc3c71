import { ODD_HOSTS, ODD_METHODS, ODD_NAMES, ODD_TARGETS, ODD_VALUES, SEEDS } from './corpus.js';
import { FLAG, PREFACE, TYPE, bytesOf, frame, hpack, setting } from './http2-frames.js';
import { pieces, type Input } from './http1-inputs.js';
import type { Random } from './random.js';

/** What a connection has done so far. */
interface Connection {
  random: Random;
  /** Of the last stream that was opened. */
  streamId: number;
}

/** Writes one or several frames. */
type Act = (connection: Connection) => string;

/** Mostly a stream that was opened, sometimes one that wasn't. */
const anyStream = ({ random, streamId }: Connection): number =>
  random.chance(0.85) ? Math.max(1, streamId - 2 * random.below(4)) : random.pick([0, 2, streamId + 2, 2 ** 31 - 1]);

const ACTS: readonly Act[] = [
  (connection) => request(connection, false),
  (connection) => request(connection, false),
  (connection) => request(connection, true),
  (connection) =>
    frame(
      TYPE.data,
      connection.random.pick([0, FLAG.endStream]),
      anyStream(connection),
      'x'.repeat(connection.random.below(2_000)),
    ),
  (connection) =>
    frame(
      TYPE.data,
      FLAG.padded | FLAG.endStream,
      anyStream(connection),
      bytesOf(connection.random.below(256), 1) + 'x'.repeat(connection.random.below(300)),
    ),
  (connection) => frame(TYPE.rstStream, 0, anyStream(connection), bytesOf(connection.random.pick([0, 2, 7, 8, 99]), 4)),
  (connection) =>
    frame(TYPE.ping, connection.random.pick([0, FLAG.ack]), 0, 'pingpong').repeat(1 + connection.random.below(20)),
  ({ random }) =>
    frame(
      TYPE.settings,
      0,
      0,
      setting(
        random.pick([1, 2, 3, 4, 5, 6, 8, 9]),
        random.pick([0, 1, 100, 4096, 16_384, 65_535, 2 ** 31 - 1, 2 ** 32 - 1]),
      ),
    ),
  () => frame(TYPE.settings, FLAG.ack, 0),
  (connection) =>
    frame(
      TYPE.windowUpdate,
      0,
      connection.random.chance(0.5) ? 0 : anyStream(connection),
      bytesOf(connection.random.pick([0, 1, 65_535, 2 ** 31 - 1]), 4),
    ),
  (connection) =>
    frame(TYPE.priority, 0, anyStream(connection), bytesOf(connection.random.below(9), 4) + bytesOf(16, 1)),
  (connection) =>
    frame(
      TYPE.continuation,
      connection.random.pick([0, FLAG.endHeaders]),
      anyStream(connection),
      hpack.plain('a', 'b'),
    ),
  ({ random }) => frame(TYPE.goaway, 0, 0, bytesOf(random.below(9), 4) + bytesOf(0, 4)),
  (connection) => frame(TYPE.pushPromise, FLAG.endHeaders, anyStream(connection), bytesOf(2, 4)),
  (connection) =>
    frame(
      connection.random.below(256),
      connection.random.below(256),
      anyStream(connection),
      'x'.repeat(connection.random.below(40)),
    ),
  // An upload that is open, then a request that waits for leave to send and is taken back.
  (connection) =>
    request(connection, false) +
    frame(TYPE.ping, 0, 0, 'pingpong') +
    request(connection, false, [['expect', '100-continue']]) +
    frame(TYPE.rstStream, 0, connection.streamId, bytesOf(8, 4)),
];

/** One connection of HTTP/2: a preface, frames that mostly make sense, then bytes changed, then pieces. */
export function http2Input(random: Random): Input {
  const connection: Connection = { random, streamId: -1 };
  const opening = random.chance(0.95)
    ? PREFACE + frame(TYPE.settings, 0, 0, random.chance(0.5) ? '' : setting(4, random.pick([0, 1, 65_535])))
    : '';
  const acts = Array.from({ length: 1 + random.below(16) }, () => random.pick(ACTS)(connection));
  return pieces(damaged(opening + acts.join(''), opening.length, random), random);
}

function request(connection: Connection, isOdd: boolean, more: readonly [string, string][] = []): string {
  const { random } = connection;
  connection.streamId += 2;
  const { method, target, fields, body } = random.pick(SEEDS);
  const parts: [string, string][] = [
    [':method', isOdd && random.chance(0.5) ? random.pick(ODD_METHODS) : method],
    [':path', isOdd && random.chance(0.5) ? random.pick(ODD_TARGETS) : target],
    [':scheme', 'https'],
    [':authority', random.chance(0.1) ? random.pick(ODD_HOSTS) : '127.0.0.1'],
    ...fields
      .filter(([name]) => isOdd || !/^(?:connection|upgrade|transfer-encoding)$/i.test(name))
      .map(([name, value]): [string, string] => [isOdd ? name : name.toLowerCase(), value]),
    ...more,
  ];
  if (isOdd) {
    parts.splice(random.below(parts.length + 1), random.below(2), [
      random.chance(0.5) ? random.pick(ODD_NAMES).toLowerCase() : ':odd',
      random.pick(ODD_VALUES),
    ]);
    if (random.chance(0.3))
      parts.push(...Array.from({ length: random.below(300) }, (): [string, string] => ['cookie', 'a=b']));
  }
  const written = parts.map(([name, value]) => hpack[random.pick(['plain', 'added', 'never'] as const)](name, value));
  // Fields of the table, over and over: each is one byte here, and as long as the field there.
  if (random.chance(0.1))
    written.push(hpack.added('x-long', 'y'.repeat(3_000)), hpack.indexed(62).repeat(random.below(400)));
  if (random.chance(0.05)) written.unshift(hpack.tableSize(random.pick([0, 4_096, 2 ** 30])));
  return (
    headers(connection, written.join(''), random.chance(0.5)) +
    (random.chance(0.5) ? frame(TYPE.data, FLAG.endStream, connection.streamId, body) : '')
  );
}

/** HEADERS, now and then continued. */
function headers({ random, streamId }: Connection, block: string, isWhole: boolean): string {
  const endStream = isWhole ? FLAG.endStream : 0;
  const max = random.chance(0.2) ? 1 + random.below(200) : 16_384;
  let text = frame(
    TYPE.headers,
    endStream | (block.length <= max ? FLAG.endHeaders : 0),
    streamId,
    block.slice(0, max),
  );
  for (let from = max; from < block.length; from += max)
    text += frame(
      TYPE.continuation,
      from + max >= block.length ? FLAG.endHeaders : 0,
      streamId,
      block.slice(from, from + max),
    );
  return text;
}

function damaged(bytes: string, from: number, random: Random): string {
  if (random.chance(0.6)) return bytes;
  const place = from + random.below(bytes.length - from + 1);
  return (
    bytes.slice(0, place) +
    random.pick(['', String.fromCharCode(random.below(256)), frame(TYPE.ping, 0, 0, 'pingpong')]) +
    bytes.slice(place + random.below(12))
  );
}
