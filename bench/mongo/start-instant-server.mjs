import { fork } from 'node:child_process';
import { once } from 'node:events';
import { instantServer } from './instant-server.mjs';

/**
 * Starts a process that answers every command at once.
 * @param {AsyncDisposableStack} stack ends it
 * @returns {Promise<string>} its URI
 */
export async function startInstantServer(stack) {
  const child = fork(import.meta.filename, ['serve']);
  stack.defer(() => void child.kill());
  const [port] = await once(child, 'message');
  return `mongodb://127.0.0.1:${port}/?directConnection=true`;
}

if (process.argv[2] === 'serve') {
  const server = instantServer().listen(0, '127.0.0.1', () => process.send(server.address().port));
  process.on('disconnect', () => process.exit());
}
