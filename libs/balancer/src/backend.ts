import { InvalidInputError } from '@slipstream/contracts';

/** A server that requests can be sent to. Its URL is its identity within a pool. */
export interface Backend {
  readonly url: string;
  /** Its share of the load beside the others' weights. Greater than 0. */
  readonly weight: number;
}

/** A backend as a caller names it. */
export interface BackendOptions {
  url: string;
  /** Greater than 0. Default 1. */
  weight?: number;
}

/** @throws InvalidInputError `invalid_backend` when a URL is listed twice or a weight is not a positive number */
export function toBackends(pool: string, options: readonly BackendOptions[]): readonly Backend[] {
  const backends = options.map(({ url, weight = 1 }) => Object.freeze({ url, weight }));
  for (const [index, { url, weight }] of backends.entries()) {
    const context = { pool, url, weight };
    if (!(weight > 0 && Number.isFinite(weight))) {
      throw new InvalidInputError('invalid_backend', `Backend ${url} of pool '${pool}' has weight ${weight}; give it a number greater than 0.`, { context });
    }
    if (backends.findIndex((other) => other.url === url) !== index) {
      throw new InvalidInputError('invalid_backend', `Backend ${url} of pool '${pool}' is listed twice; list it once, with a greater weight.`, { context });
    }
  }
  return backends;
}
