import { fastify } from 'fastify';
import { expect, it } from 'vitest';
import { NO_ROUTE_SCHEMAS } from './no-route-schemas.js';

it('a route with a JSON schema is refused at start', async () => {
  const app = fastify(NO_ROUTE_SCHEMAS);
  app.get('/', { schema: { querystring: { type: 'object' } } }, async () => '');
  await expect(app.ready()).rejects.toThrow('A route has a JSON schema');
});

it('a route without a schema answers an object as JSON', async () => {
  const app = fastify(NO_ROUTE_SCHEMAS);
  app.get('/', async () => ({ is: 'fine' }));
  expect((await app.inject('/')).json()).toEqual({ is: 'fine' });
});
