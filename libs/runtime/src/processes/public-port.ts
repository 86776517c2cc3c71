import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { cannotListen } from '@slipstream/health';

/**
 * Whether each process of a group listens at the public port itself (SO_REUSEPORT), and the kernel distributes new
 * connections evenly. On other systems they share one listening socket, and new connections go to the first process
 * that wakes up.
 */
export const sharesPortByKernel = process.platform === 'linux';

/**
 * Checks that no other program has the public port. Processes that share the port would not detect it: the kernel would
 * give that program a part of their connections.
 * @param port 0 chooses a free one, which all processes then use
 * @throws StartupError if it is taken
 */
export async function freePublicPort(host: string, port: number): Promise<number> {
  const probe = createServer().listen({ host, port, exclusive: true });
  await once(probe, 'listening').catch((error: unknown) => {
    throw cannotListen(error, 'public', host, port, 'PORT');
  });
  const { port: free } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return free;
}
