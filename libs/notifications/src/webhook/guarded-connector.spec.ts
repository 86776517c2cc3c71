import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { AddressPolicy } from './address-policy.js';
import { guardedConnector } from './guarded-connector.js';

/** Allows an address the first time that it is asked, as a policy would that is deceived. */
class Deceived extends AddressPolicy {
  private asked = 0;
  override allows(): boolean {
    return ++this.asked === 1;
  }
}

it("judges the connected socket's own peer, whatever was said before", async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const connect = guardedConnector(new Deceived([]), 1000);
  const [accepted, outcome] = await Promise.all([
    once(server, 'connection'),
    new Promise<[Error | null, unknown]>((resolve) =>
      connect({ hostname: '127.0.0.1', port: String(port), protocol: 'http:' } as never, (...args) =>
        resolve(args as [Error | null, unknown]),
      ),
    ),
  ]);
  expect(outcome).toEqual([expect.objectContaining({ code: 'webhook_address_refused' }), null]);
  const [socket] = accepted;
  socket.resume();
  await once(socket, 'close');
  server.close();
});
