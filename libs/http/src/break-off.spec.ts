import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { breakOff } from './break-off.js';

it('cuts an answer that stands behind another when its turn comes', async () => {
  const answers: ServerResponse[] = [];
  const bothAsked = Promise.withResolvers<void>();
  const server = createServer((_, response) => void (answers.push(response) === 2 && bothAsked.resolve())).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1', () =>
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(2)),
  );
  await bothAsked.promise;
  const [first, second] = answers as [ServerResponse, ServerResponse];
  second.writeHead(200, { 'content-length': 4 }).write('ha');
  breakOff(second);
  first.end('whole');
  const text = (await client.setEncoding('latin1').toArray()).join('');
  expect(text).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\nwhole$/);
  server.close();
});

it('closes the connection of a client of HTTP/1.0 that has ended its half already', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1', () =>
    client.write('GET / HTTP/1.0\r\n\r\n'),
  ).resume();
  const [{ socket }, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
  response.writeHead(200).write('half');
  socket.once('end', () => breakOff(response));
  client.end();
  await once(response, 'close');
  expect(socket.destroyed).toBe(true);
  server.close();
});
