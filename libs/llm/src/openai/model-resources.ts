import type { ServerResponse } from 'node:http';
import type { Model } from '@slipstream/contracts';
import { ModelError } from '../model-error.js';
import type { ModelPool } from '../model-pool.js';

/**
 * `created` is required by OpenAI's clients; servers' own values differ between the servers that have the same model.
 */
const toResource = ({ id, ownedBy }: Model): object => ({ id, object: 'model', created: 0, owned_by: ownedBy });

/** `GET /v1/models` */
export async function sendModels(pool: ModelPool, response: ServerResponse): Promise<void> {
  const models = await pool.models();
  sendJson(response, { object: 'list', data: models.map(toResource) });
}

/** `GET /v1/models/{id}`. @throws ModelError `model_not_found` */
export async function sendModel(pool: ModelPool, id: string, response: ServerResponse): Promise<void> {
  const model = (await pool.models()).find((one) => one.id === id);
  if (!model)
    throw new ModelError('model_not_found', `The model '${id}' does not exist; GET /v1/models lists all models.`, {
      param: 'model',
    });
  sendJson(response, toResource(model));
}

function sendJson(response: ServerResponse, value: object): void {
  const body = JSON.stringify(value);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
}
