import { createServer } from 'node:http';
import { Pool } from 'undici';

/**
 * What Node and undici can do with nothing of ours: `dispatch` behind Node's server, header fields passed on but for
 * the few that would break the connection, back-pressure one way. No checks, no limits, no retries, no metrics, no ids.
 */
const pods = process.env.PODS.split(',').map((url) => new Pool(url));
let turn = 0;

const server = createServer((request, response) => {
  const { method, url: path, rawHeaders, headers } = request;
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  const message = { method, path, headers: withoutHopByHop(rawHeaders), body: hasBody ? request : null };
  pods[turn++ % pods.length].dispatch(message, handlerFor(response));
});
server.keepAliveTimeout = 65_000;
server.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ msg: 'proxy listens', url: `http://127.0.0.1:${server.address().port}` })),
);

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'trailer']);

function withoutHopByHop(rawHeaders) {
  const kept = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (!HOP_BY_HOP.has(rawHeaders[i].toLowerCase())) kept.push(rawHeaders[i], rawHeaders[i + 1]);
  }
  return kept;
}

const handlerFor = (response) => ({
  onRequestStart(controller) {
    response.once('close', () => response.writableFinished || controller.abort(new Error('the client has left')));
  },
  onResponseStart(controller, status) {
    response.writeHead(status, withoutHopByHop(controller.rawHeaders.map(String)));
  },
  onResponseData(controller, chunk) {
    if (response.write(chunk)) return;
    controller.pause();
    response.once('drain', () => controller.resume());
  },
  onResponseEnd() {
    response.end();
  },
  onResponseError() {
    if (response.headersSent) response.destroy();
    else response.writeHead(502).end();
  },
});
