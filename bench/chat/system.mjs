import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { startChild } from '../harness/child.mjs';
import { CORES } from '../harness/cores.mjs';
import { postJson } from '../harness/http.mjs';
import { startService } from '../harness/service.mjs';
import { directWay } from './ways/direct.way.mjs';
import { queuedWay } from './ways/queued.way.mjs';

const SERVICES = ['gateway', 'chat-worker', 'document-worker', 'notification-worker'];

/**
 * What is measured, and what it is measured against.
 * @typedef {object} System
 * @property {import('./ways/direct.way.mjs').Way[]} ways the first is the one that the others are held against
 * @property {{service: import('../harness/service.mjs').Service, startsMs: number[]}[]} services
 */

/**
 * Starts the model server, the bare loop, the four services on the given stores, and standalone on its own.
 * @param {{stores: {REDIS_URL: string, RABBITMQ_URL: string, MONGODB_URI: string}, starts: number, cpuProfileDir?:
 * string, stack: AsyncDisposableStack}} options
 *   everything that is started is ended by `stack`
 * @returns {Promise<System>}
 */
export async function startSystem({ stores, starts, cpuProfileDir, stack }) {
  const own = async (starting) => stack.adopt(await starting, (process) => process.stop());
  const model = await own(startScript('model-server', 'model server listens', CORES.load));
  const modelUrl = model.lines.at(-1).url;
  const front = await own(startScript('bare/front', 'bare front listens', CORES.system, stores));
  await own(startScript('bare/worker', 'bare worker consumes', CORES.system, { ...stores, MODEL_URL: modelUrl }));

  const nodeOptions = cpuProfileDir ? ['--cpu-prof', `--cpu-prof-dir=${cpuProfileDir}`] : [];
  const services = [];
  for (const [name, env] of environments(stores, modelUrl)) {
    const startsMs = [];
    for (let start = 1; start < starts; start++) startsMs.push(await timeStart(name, env));
    const service = await own(startService(name, env, { nodeOptions }));
    services.push({ service, startsMs: [...startsMs, service.readyMs], residentAtStartMb: service.residentMb() });
  }
  return {
    services,
    ways: waysOf({ modelUrl, bareUrl: front.lines.at(-1).url, services: services.map(({ service }) => service) }),
  };
}

const startScript = (name, upMessage, cores, env) =>
  startChild({ script: fileURLToPath(new URL(`${name}.process.mjs`, import.meta.url)), cores, upMessage, env });

/** The four share the stores; standalone needs the database only, as npm start runs it. */
function environments({ MONGODB_URI, ...shared }, modelUrl) {
  const database = (purpose) => {
    const uri = new URL(MONGODB_URI);
    uri.pathname = `/bench_${purpose}_${randomUUID().slice(0, 8)}`;
    return { MONGODB_URI: uri.href, LLM_BACKENDS: modelUrl };
  };
  const four = { ...shared, ...database('services') };
  return [...SERVICES.map((name) => [name, four]), ['standalone', database('standalone')]];
}

async function timeStart(name, env) {
  const service = await startService(name, env);
  await service.stop();
  return service.readyMs;
}

function waysOf({ modelUrl, bareUrl, services }) {
  const named = (wanted) => services.find(({ name }) => name === wanted);
  return [
    directWay(modelUrl),
    queuedWay({ name: 'bare amqplib + ioredis loop', url: bareUrl, createTarget: async () => '/messages' }),
    slipstreamWay('Slipstream: gateway, chat-worker', named('gateway'), [named('gateway'), named('chat-worker')]),
    slipstreamWay('Slipstream: standalone', named('standalone'), [named('standalone')]),
  ];
}

function slipstreamWay(name, { url }, services) {
  const api = `${url}/slipstream/v1`;
  const user = postJson(`${api}/users`, { name: 'Bench' });
  const createTarget = async () => {
    const chat = await postJson(`${api}/chats`, { userId: (await user).id, model: 'bench' });
    return `/slipstream/v1/chats/${chat.id}/messages`;
  };
  return queuedWay({ name, url, managementUrls: services.map(({ managementUrl }) => managementUrl), createTarget });
}
