import { UnhealthyError } from '@slipstream/balancer';
import { messageOf, type Model } from '@slipstream/contracts';
import { JsonScanner } from '@slipstream/http';
import type { ReadAnswer } from '@slipstream/http1';
import type { Upstream } from '@slipstream/upstream';
import { z } from 'zod';
import { isUnreachable } from './call-error.js';
import type { DependencyMetrics } from './metrics.port.js';

/** Time limit for a server's list of models, body included. */
const LIST_TIMEOUT_MS = 3_000;
/** The longest public list is about 1 MiB. */
const LIST_MAX_BYTES = 8 * 1024 * 1024;
/** Including names: about 2,500 models with 40 values each. Parsing more would block the event loop. */
const LIST_MAX_VALUES = 100_000;

/** Status of a gateway for a request that it has sent itself. */
const LOOP_DETECTED = 508;
/** Advice on a status. @param at name of the backend in the configuration */
const ADVICE: Readonly<Record<number, (at: string) => string>> = {
  401: (at) => `: the server refuses the key; correct ${at}.apiKey`,
  403: (at) => `: the server refuses the key; correct ${at}.apiKey`,
  404: (at) => `: base URLs usually end in /v1, such as http://host:8000/v1; correct ${at}.url`,
  [LOOP_DETECTED]: () => ': the URL of this model server leads back to this gateway; correct it',
};

const modelList = z.object({ data: z.array(z.object({ id: z.string().min(1), owned_by: z.string().nullish() })) });

/** A server whose models are listed. */
export interface ListedServer {
  url: string;
  /** Its name in the configuration, such as `llm.backends[0]`. */
  at: string;
}

/** The server answered with a status other than 200. */
class ModelListRefusal extends Error {
  constructor(
    readonly statusCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** Whether the server refused the key of this gateway. */
export const isKeyRefusal = (error: unknown): boolean =>
  error instanceof UnhealthyError &&
  error.cause instanceof ModelListRefusal &&
  (error.cause.statusCode === 401 || error.cause.statusCode === 403);

/**
 * Requests the models of a server: `GET {base}/models`.
 *
 * @throws UnwellError with the answer, if the server is reachable
 * @throws Http1Error if connecting fails
 */
export async function loadModels(
  upstream: Upstream,
  { url, at }: ListedServer,
  stop: AbortSignal,
  metrics?: DependencyMetrics,
): Promise<readonly Model[]> {
  const startedAt = performance.now();
  let outcome: 'ok' | 'error' = 'error';
  try {
    const models = await listModels(upstream, { url, at }, stop);
    outcome = 'ok';
    return models;
  } catch (error) {
    if (isUnreachable(error) || stop.aborted) throw error;
    throw new UnhealthyError(messageOf(error), { cause: error });
  } finally {
    metrics?.observe('model_server', 'list_models', outcome, (performance.now() - startedAt) / 1000);
  }
}

async function listModels(
  upstream: Upstream,
  { url, at }: ListedServer,
  signal: AbortSignal,
): Promise<readonly Model[]> {
  const scanner = new JsonScanner({ maxValues: LIST_MAX_VALUES });
  const answer = await upstream.read(
    { url },
    {
      method: 'GET',
      path: '/models',
      headers: ['accept', 'application/json'],
      body: null,
      upgrade: null,
      headersTimeoutMs: 0,
    },
    { signal, maxBytes: LIST_MAX_BYTES, timeoutMs: LIST_TIMEOUT_MS, onData: (chunk) => scanner.feed(chunk) },
  );
  const { statusCode } = answer;
  if (statusCode !== 200)
    throw new ModelListRefusal(statusCode, `GET /models answered ${statusCode}${ADVICE[statusCode]?.(at) ?? ''}`);
  if (scanner.end().type === 'too-many-values')
    throw new Error(`GET /models answered more than ${LIST_MAX_VALUES} values`);
  return modelsOf(answer);
}

function modelsOf({ body, isWhole }: ReadAnswer): readonly Model[] {
  if (!isWhole) throw new Error(`GET /models answered more than ${LIST_MAX_BYTES} bytes`);
  const list = modelList.safeParse(parseJson(body.toString('utf8')));
  if (!list.success)
    throw new Error(
      'GET /models answered something other than a list of models; is this an OpenAI base URL, such as ' +
        'http://host:8000/v1?',
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
