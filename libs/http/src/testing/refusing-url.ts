import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';

/** A URL that refuses connections, until it is closed. */
export interface RefusingUrl {
  readonly url: string;
  close(): void;
}

/** The port of the URL is a client's, so that no server can take it meanwhile. */
export async function refusingUrl(): Promise<RefusingUrl> {
  const server = createServer((socket) => void socket.on('error', () => {})).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {});
  await once(client, 'connect');
  return {
    url: `http://127.0.0.1:${client.localPort}`,
    close() {
      client.destroy();
      server.close();
    },
  };
}
