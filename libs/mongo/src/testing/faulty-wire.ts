import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { mongo } from 'mongoose';

const OP_MSG = 2013;
const HEADER_BYTES = 16;
/** Header, flag bits and the kind of the first section. */
const BODY_AT = HEADER_BYTES + 5;

/**
 * What a server responds in place of doing a command; `silence`: nothing at all; a promise: it does the command when
 * that resolves.
 */
export type Fault = (command: string, body: mongo.BSON.Document) => object | Promise<void> | 'silence' | undefined;

/** A TCP proxy before a MongoDB that responds to commands itself, as a server with a fault does. */
export class FaultyWire {
  /** Responds to the commands of which it returns a response. */
  fault: Fault = () => undefined;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly uri: string,
  ) {}

  static async before(uri: string): Promise<FaultyWire> {
    const target = new URL(uri);
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const through = new URL(uri);
    through.hostname = '127.0.0.1';
    through.port = String((server.address() as { port: number }).port);
    through.searchParams.set('directConnection', 'true');
    const wire = new FaultyWire(server, through.href);
    server.on('connection', (client) => wire.join(client, connect(Number(target.port || 27017), target.hostname)));
    return wire;
  }

  /** Open connections of clients. */
  get connections(): number {
    return this.sockets.size / 2;
  }

  /** Holds every command of this name back. @returns when the first one arrived, and a function that lets all run */
  hold(held: string): { arrived: Promise<void>; release: () => void } {
    const arrived = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    this.fault = (command) => {
      if (command !== held) return undefined;
      arrived.resolve();
      return released.promise;
    };
    return { arrived: arrived.promise, release: () => released.resolve() };
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  private join(client: Socket, database: Socket): void {
    for (const socket of [client, database]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => this.part(client, database));
    }
    database.pipe(client);
    let pending: Buffer = Buffer.alloc(0);
    client.on('data', (bytes: Buffer) => {
      pending = Buffer.concat([pending, bytes]);
      while (pending.length >= 4 && pending.length >= pending.readInt32LE(0)) {
        const length = pending.readInt32LE(0);
        this.pass(pending.subarray(0, length), client, database);
        pending = pending.subarray(length);
      }
    });
  }

  private part(...sockets: Socket[]): void {
    for (const socket of sockets) {
      this.sockets.delete(socket);
      socket.destroy();
    }
  }

  private pass(message: Buffer, client: Socket, database: Socket): void {
    const response = message.readInt32LE(12) === OP_MSG ? this.responseTo(message) : undefined;
    if (response === 'silence') return;
    if (response instanceof Promise) void response.then(() => database.write(message));
    else if (response) client.write(messageOf(response, message.readInt32LE(4)));
    else database.write(message);
  }

  /** The name of a command is the first key of its document. */
  private responseTo(message: Buffer): ReturnType<Fault> {
    const body = mongo.BSON.deserialize(message.subarray(BODY_AT, BODY_AT + message.readInt32LE(BODY_AT)));
    return this.fault(Object.keys(body)[0] ?? '', body);
  }
}

function messageOf(response: object, responseTo: number): Buffer {
  const body = mongo.BSON.serialize(response);
  const head = Buffer.alloc(BODY_AT);
  head.writeInt32LE(BODY_AT + body.length, 0);
  head.writeInt32LE(responseTo, 8);
  head.writeInt32LE(OP_MSG, 12);
  return Buffer.concat([head, body]);
}
