import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { readRequests, type RequestReading, type WireRequest } from './strict-requests.js';

/** Answers a request by writing whatever it likes to the connection. */
export type Answer = (request: WireRequest, connection: Socket) => void;

/** A backend that keeps every byte that it was sent, and answers only what it can read in one way. */
export interface RawOrigin {
  url: string;
  /** What each connection carried since the last `forget`, health checks left out. */
  readings(): RequestReading[];
  /** Every complete request since then. */
  requests(): WireRequest[];
  forget(): void;
  /** How many connections are open. */
  connectionCount(): number;
  /** From now on requests to this target are answered so. */
  answerTo(target: string, answer: Answer): void;
  /** From now on told of all that a connection carried since the last `forget`, as it grows. */
  onBytes(listen: (connection: Socket, bytes: string) => void): void;
  close(): Promise<void>;
}

interface Connection {
  socket: Socket;
  /** Since the last `forget`. */
  bytes: string;
  /** How many requests in `bytes` were answered. */
  answered: number;
}

/** Starts one that echoes: the content of the answer is the content of the request, `X-Target` its target. */
export async function startRawOrigin(): Promise<RawOrigin> {
  const connections = new Set<Connection>();
  const open = new Set<Socket>();
  const answers = new Map<string, Answer>();
  let listen: (connection: Socket, bytes: string) => void = () => {};
  const server = createServer((socket) => {
    const connection: Connection = { socket, bytes: '', answered: 0 };
    connections.add(connection);
    open.add(socket);
    socket.setEncoding('latin1').setNoDelay(true);
    socket.on('error', () => {}).on('close', () => open.delete(socket));
    socket.on('data', (text: string) => {
      connection.bytes += text;
      listen(socket, connection.bytes);
      answerNew(connection, answers);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const readings = (): RequestReading[] => readingsOf(connections);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    readings,
    requests: () => readings().flatMap(({ requests }) => requests),
    connectionCount: () => open.size,
    forget: () => forgetBytes(connections, open),
    answerTo: (target, answer) => void answers.set(target, answer),
    onBytes: (next) => (listen = next),
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function forgetBytes(connections: Set<Connection>, open: ReadonlySet<Socket>): void {
  for (const connection of connections) {
    if (!open.has(connection.socket)) connections.delete(connection);
    connection.bytes = '';
    connection.answered = 0;
  }
}

const readingsOf = (connections: ReadonlySet<Connection>): RequestReading[] =>
  [...connections]
    .filter(({ bytes }) => bytes !== '' && !bytes.startsWith('GET /health '))
    .map(({ bytes }) => readRequests(bytes));

function answerNew(connection: Connection, answers: ReadonlyMap<string, Answer>): void {
  const { requests } = readRequests(connection.bytes);
  for (const request of requests.slice(connection.answered)) {
    connection.answered += 1;
    (answers.get(request.target.split('?', 1)[0]!) ?? echo)(request, connection.socket);
  }
}

/** The content of the request comes back. */
export const echo: Answer = ({ method, target, content }, connection) => {
  const head =
    `HTTP/1.1 200 OK\r\nX-Target: ${target}\r\nX-Method: ${method}\r\nContent-Length: ` + `${content.length}\r\n\r\n`;
  connection.write(method === 'HEAD' ? head : head + content, 'latin1');
};
