import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv4 } from 'node:net';

/** Answer for a name: its addresses (none: no records of that type), no such name, a refusal, or none at all. */
export type NameAnswer = readonly string[] | 'unknown' | 'servfail' | 'silent';

export interface NameServer {
  /** `address:port`. */
  address: string;
  /** Names without the trailing dot; may be changed at any time. Any other name is unknown. */
  answers: Map<string, NameAnswer>;
  /** Every question, as `name A` or `name AAAA`, in order of arrival. */
  questions: string[];
  close(): void;
}

const RCODES = { unknown: 3, servfail: 2 };
const TYPE_A = 1;
const HEADER_BYTES = 12;

/** A DNS server (RFC 1035) on loopback, for A and AAAA questions over UDP. */
export async function startNameServer(answers: Record<string, NameAnswer>, ttlSeconds = 60): Promise<NameServer> {
  const socket: Socket = createSocket('udp4');
  const server = { answers: new Map(Object.entries(answers)), questions: [] as string[] };
  socket.on('message', (query, { port, address }) => {
    const { name, type, end } = readQuestion(query);
    server.questions.push(`${name} ${type === TYPE_A ? 'A' : 'AAAA'}`);
    const answer = server.answers.get(name) ?? 'unknown';
    if (answer === 'silent') return;
    const addresses = typeof answer === 'string' ? [] : answer.filter((each) => isIPv4(each) === (type === TYPE_A));
    const rcode = typeof answer === 'string' ? RCODES[answer] : 0;
    const head = Buffer.from(query.subarray(0, HEADER_BYTES));
    head.writeUInt16BE(0x8180 | rcode, 2);
    [1, addresses.length, 0, 0].forEach((count, index) => head.writeUInt16BE(count, 4 + 2 * index));
    const records = addresses.map((each) => record(type, packed(each), ttlSeconds));
    socket.send(Buffer.concat([head, query.subarray(HEADER_BYTES, end), ...records]), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { ...server, address: `127.0.0.1:${socket.address().port}`, close: () => socket.close() };
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** A resource record of the question's own name (RFC 1035 section 4.1.4: a pointer to it). */
function record(type: number, data: Buffer, ttlSeconds: number): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc000 | HEADER_BYTES, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(ttlSeconds, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

/** Full groups only: `2001:db8:0:0:0:0:0:1`. */
const packed = (address: string): Buffer =>
  isIPv4(address)
    ? Buffer.from(address.split('.').map(Number))
    : Buffer.from(
        address
          .split(':')
          .map((group) => group.padStart(4, '0'))
          .join(''),
        'hex',
      );
