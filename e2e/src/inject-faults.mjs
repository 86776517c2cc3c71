import { subscribe } from 'node:diagnostics_channel';

/**
 * Given to a service with `--import`: an error that nobody catches, at `/fault` in the scope of its connection, at
 * SIGUSR2 in none.
 */
function fail(message) {
  throw new Error(message);
}

subscribe(
  'http.server.request.start',
  ({ request }) => void (request.url === '/fault' && setImmediate(fail, 'injected')),
);
process.on('SIGUSR2', () => fail('injected outside any connection'));
