import { Failure, runMain } from '../tools/failure.mjs';

/**
 * What can be measured: each bench takes the arguments after its name, prints its report and keeps it under results/.
 */
const BENCHES = {
  cache: {
    about: 'the object cache: hits beside bentocache and bare ioredis, cold reads in two processes',
    load: () => import('./cache/cache.bench.mjs'),
  },
  chat: {
    about: 'added time to first token of a queued message; start-up time and memory of each service',
    load: () => import('./chat/chat.bench.mjs'),
  },
  documents: {
    about:
      'pages per second beside unpdf and pypdf, search in 100,000 passages, quality of search, memory of the worker',
    load: () => import('./documents/documents.bench.mjs'),
  },
  mongo: {
    about:
      'query monitor and optimizer: their cost, seeded problems found, advised indexes applied, round trips per call',
    load: () => import('./mongo/mongo.bench.mjs'),
  },
  'page-load': {
    about: 'a real Open WebUI in a real Chromium over a slow line: direct, through nginx, through the gateway',
    load: () => import('./page-load/page-load.bench.mjs'),
  },
  'page-look': {
    about: 'screenshots of five pages of a real Open WebUI, through the gateway and direct, compared by pixel',
    load: () => import('./page-look/page-look.bench.mjs'),
  },
  'page-upgrade': {
    about: 'the same page after an upgrade of Open WebUI, in a browser that has cached the former release',
    load: () => import('./page-upgrade/page-upgrade.bench.mjs'),
  },
  proxy: {
    about:
      'the web pool beside other proxies: requests per second, cache hits, open connections, shares by ' +
      'weight, a backend killed',
    load: () => import('./proxy/proxy.bench.mjs'),
  },
  queue: {
    about: 'messages through RabbitMQ beside bare amqplib and Nest: messages per second, CPU, a full queue drained',
    load: () => import('./queue/queue.bench.mjs'),
  },
  tracing: {
    about: 'the web pool with tracing off, at 1 % and at 100 % of the requests',
    load: () => import('./tracing/tracing.bench.mjs'),
  },
};

/** npm run bench [-- NAME [OPTIONS]] */
async function main() {
  const [name, ...args] = process.argv.slice(2);
  if (name === undefined) return console.log(list());
  if (!Object.hasOwn(BENCHES, name)) throw new Failure(`There is no bench '${name}'. Those that there are:\n${list()}`);
  const { run } = await BENCHES[name].load();
  await run(args);
}

const list = () =>
  Object.entries(BENCHES)
    .map(([name, { about }]) => `npm run bench -- ${name}    ${about}`)
    .join('\n');

await runMain(main);
