import type { Model } from '@slipstream/contracts';
import { JsonScanner } from '@slipstream/http';
import { z } from 'zod';
import type { DependencyMetrics } from './metrics.port.js';
import type { ModelServer } from './model-server.js';
import { readLimited } from './read-limited.js';

/** How long a server may take to list its models, body included. */
const LIST_TIMEOUT_MS = 3_000;
/** The longest public list is about 1 MiB. */
const LIST_MAX_BYTES = 8 * 1024 * 1024;
/** Names included: about 2,500 models with 40 values each. More would hold the event loop while they are built. */
const LIST_MAX_VALUES = 100_000;

/** A gateway answers it to a request that it has sent itself. */
const LOOP_DETECTED = 508;
const LOOP = ': the URL of this model server leads back to this gateway; correct it';

const modelList = z.object({ data: z.array(z.object({ id: z.string().min(1), owned_by: z.string().nullish() })) });

/**
 * Asks a server for its models: `GET {base}/models`.
 *
 * @throws Error that says what came instead
 */
export async function loadModels(
  server: ModelServer,
  stop: AbortSignal,
  metrics?: DependencyMetrics,
): Promise<readonly Model[]> {
  const startedAt = performance.now();
  let outcome: 'ok' | 'error' = 'error';
  try {
    const models = await ask(server, stop);
    outcome = 'ok';
    return models;
  } finally {
    metrics?.observe('model_server', 'list_models', outcome, (performance.now() - startedAt) / 1000);
  }
}

async function ask(server: ModelServer, stop: AbortSignal): Promise<readonly Model[]> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(LIST_TIMEOUT_MS)]);
  const { statusCode, body } = await server.request({
    method: 'GET',
    path: '/models',
    headers: ['accept', 'application/json'],
    signal,
    headersTimeoutMs: 0,
    bodyTimeoutMs: 0,
  });
  if (statusCode !== 200) {
    void body.dump();
    throw new Error(`GET /models answered ${statusCode}${statusCode === LOOP_DETECTED ? LOOP : ''}`);
  }
  const scanner = new JsonScanner({ maxValues: LIST_MAX_VALUES });
  const text = await readLimited(body, LIST_MAX_BYTES, (chunk) => scanner.feed(chunk));
  if (scanner.end().type === 'too-many-values')
    throw new Error(`GET /models answered more than ${LIST_MAX_VALUES} values`);
  const list = modelList.safeParse(parseJson(text));
  if (!list.success)
    throw new Error(
      'GET /models answered something other than a list of models; is this an OpenAI base URL, such as http://host:8000/v1?',
    );
  return list.data.data.map(({ id, owned_by }) => ({ id, ownedBy: owned_by ?? 'unknown' }));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
