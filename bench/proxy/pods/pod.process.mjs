import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

/**
 * A pod that counts what it gets: GET /work?ms= answers after so long, GET /events?count=&everyMs= streams numbered
 * events, a WebSocket echoes messages that are numbered from 0, GET /counts tells what there was. PORT is where it
 * listens.
 */
const counts = { work: 0, events: 0, messages: 0, outOfOrder: 0 };

const ROUTES = {
  '/health': (_query, response) => response.end(),
  '/counts': (_query, response) => response.end(JSON.stringify(counts)),
  '/work': (query, response) => {
    counts.work += 1;
    setTimeout(() => response.end(`${process.pid}`), Number(query.get('ms')));
  },
  '/events': (query, response) => {
    counts.events += 1;
    streamEvents(response, Number(query.get('count')), Number(query.get('everyMs')));
  },
};

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://pod');
  const answer = ROUTES[pathname];
  if (answer) answer(searchParams, response);
  else response.writeHead(404).end();
});

function streamEvents(response, count, everyMs) {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }).flushHeaders();
  let number = 0;
  const timer = setInterval(() => {
    response.write(`id: ${number}\ndata: ${number}\n\n`);
    if (++number < count) return;
    clearInterval(timer);
    response.end();
  }, everyMs);
  response.once('close', () => clearInterval(timer));
}

new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
  let expected = 0;
  socket.on('message', (message) => {
    counts.messages += 1;
    if (parseInt(message.toString(), 10) !== expected++) counts.outOfOrder += 1;
    socket.send(message, { binary: false });
  });
});

server.listen(Number(process.env.PORT), '127.0.0.1', () =>
  console.log(JSON.stringify({ msg: 'pod listens', url: `http://127.0.0.1:${server.address().port}` })),
);
