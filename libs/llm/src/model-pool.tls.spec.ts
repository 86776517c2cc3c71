import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { closeAll, newPool } from './testing/model-pools.js';
import { signedHere } from './testing/signed-here.js';

afterEach(closeAll);

it.each([
  ['not by default', false, {}],
  ['by that authority', true, {}],
  ['by it and a name', true, { serverName: 'pods.example' }],
])('trusts an https server with an authority of its own %s', async (_, isTrusted, options) => {
  const pair = await signedHere();
  const server = createServer(
    pair,
    (__, response) => void response.setHeader('content-type', 'application/json').end('{"data":[{"id":"m"}]}'),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const pool = newPool([{ url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/v1` }], {
    tls: { ...options, ca: isTrusted ? pair.cert : undefined },
  });
  const checking = pool.check();
  await (isTrusted ? checking : expect(checking).rejects.toMatchObject({ code: 'no_healthy_backends' }));
  server.close();
  server.closeAllConnections();
});
