// A small web application: /health, and /page, which says which pod answers.
import { createServer } from 'node:http';
import { hostname } from 'node:os';

const server = createServer((request, response) => {
  response.setHeader('cache-control', 'no-store');
  response.end(request.url === '/health' ? 'ok' : hostname());
}).listen(8080);
// The gateway's idle connections end after its own deadline; new ones are refused at once.
process.on('SIGTERM', () => server.close(() => process.exit(0)).closeIdleConnections());
