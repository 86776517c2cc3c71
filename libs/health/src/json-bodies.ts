import { InvalidInputError } from '@slipstream/contracts';
import { hasBody, JsonScanner, MAX_JSON_DEPTH, type JsonScan } from '@slipstream/http';
import type { FastifyInstance } from 'fastify';

/** Names included. JSON.parse takes 10 ms for so many; no body that an API of ours reads has a tenth of them. */
const MAX_VALUES = 20_000;

const REFUSALS: Partial<Record<JsonScan['type'], string>> = {
  'too-deep': `The request body is nested deeper than ${MAX_JSON_DEPTH} levels; send it flatter.`,
  'too-many-values': `The request body has more than ${MAX_VALUES} values; send less at once.`,
};

/**
 * Makes Fastify look over JSON bodies before it builds them: everything behind may recurse into one, and none holds the
 * event loop. A DELETE that names a content type and has no content is a DELETE without content, whatever the type.
 */
export function boundJsonBodies(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0 && request.method === 'DELETE') return done(null, undefined);
    const refusal = REFUSALS[scan(body).type];
    if (refusal !== undefined) done(new InvalidInputError('invalid_json', refusal));
    else void parse(request, body.toString('utf8'), done);
  });
  fastify.addHook('onRequest', async ({ method, raw }) => {
    if (method === 'DELETE' && !hasBody(raw)) delete raw.headers['content-type'];
  });
}

function scan(body: Buffer): JsonScan {
  const scanner = new JsonScanner({ maxValues: MAX_VALUES });
  scanner.feed(body);
  return scanner.end();
}
