import { StartupError } from '@slipstream/contracts';

const refuse = (): never => {
  throw new StartupError('A route has a JSON schema: validate by a schema of libs/contracts instead.');
};

/**
 * Option of Fastify. Our routes validate by the schemas of libs/contracts, so no process loads Fastify's compilers of
 * JSON schemas: 250 files.
 */
export const NO_ROUTE_SCHEMAS = {
  schemaController: { compilersFactory: { buildValidator: () => refuse, buildSerializer: () => refuse } },
};
