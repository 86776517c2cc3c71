import type { FastifyInstance } from 'fastify';
import { InvalidInputError } from '@slipstream/contracts';
import { NATIVE_PREFIX } from '../../http/routes.js';

const LOADER = `${NATIVE_PREFIX}/loader/process`;
const ASSETS = `${NATIVE_PREFIX}/assets`;
const TAKES_FILES: ReadonlySet<string | undefined> = new Set([`${NATIVE_PREFIX}/documents`, LOADER, ASSETS]);
/** JSON is a file like others there. */
const TAKES_JSON_FILES: ReadonlySet<string | undefined> = new Set([LOADER, ASSETS]);

/** Leaves the bodies of file routes unread for their controllers. Other routes accept JSON only. */
export function passFilesOn(fastify: FastifyInstance): void {
  fastify.removeContentTypeParser('text/plain'); // Fastify's own reads it into memory
  fastify.addContentTypeParser('*', ({ routeOptions }, _payload, done) => {
    if (TAKES_FILES.has(routeOptions.url)) done(null, undefined);
    else done(new InvalidInputError('unsupported_media_type'));
  });
  // To the loader, JSON is a file like others. Its parser is chosen by this field.
  fastify.addHook('onRequest', async ({ raw, routeOptions }) => {
    if (TAKES_JSON_FILES.has(routeOptions.url) && /json/i.test(raw.headers['content-type'] ?? ''))
      raw.headers['content-type'] = 'text/plain';
  });
}
