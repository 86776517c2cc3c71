import { afterEach, expect, it, vi } from 'vitest';
import { LocalServers, TRACEPARENT } from './testing/local-servers.js';

const local = new LocalServers();
afterEach(() => local.close());

/** The listener enters no log context for the web pool, so each line must name its request. */
const IDS = { requestId: 'r1', traceId: TRACEPARENT.split('-')[1] };

it.each([
  ['no backend can be reached', () => local.nobody()],
  [
    'a backend breaks off within an answer',
    () =>
      local.raw((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'))),
  ],
])('logs the ids of the request and of its trace when %s', async (_, backend) => {
  const warn = vi.fn();
  const { url } = await local.gateway([await backend()], { logger: { info: () => {}, warn } });
  await fetch(url).then(
    (answer) => answer.text().catch(() => {}),
    () => {},
  );
  await vi.waitFor(() => expect(warn).toHaveBeenCalledWith(expect.objectContaining(IDS), expect.any(String)));
});
