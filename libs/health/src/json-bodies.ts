import { InvalidInputError } from '@slipstream/contracts';
import { hasBody, JsonScanner, MAX_JSON_DEPTH, type JsonScan } from '@slipstream/http';
import type { FastifyInstance } from 'fastify';

/** Including names. JSON.parse takes 10 ms for that many; no valid body of an API has a tenth of them. */
const MAX_VALUES = 20_000;

const REFUSALS: Partial<Record<JsonScan['type'], string>> = {
  'too-deep': `The request body is nested deeper than ${MAX_JSON_DEPTH} levels; reduce the nesting.`,
  'too-many-values': `The request body has more than ${MAX_VALUES} values; send less at once.`,
};

/**
 * Makes Fastify scan JSON bodies before it parses them. Later code may therefore recurse into a body, and no body
 * blocks the event loop. A DELETE with a content type and without content counts as a DELETE without content.
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
