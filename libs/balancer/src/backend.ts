import { InvalidInputError } from '@slipstream/contracts';

/** A server that requests can be sent to. Its URL is its identity within a pool. */
export interface Backend {
  readonly url: string;
  /** Share of the load relative to the weights of the other backends. Greater than 0. */
  readonly weight: number;
  /** A backend with a higher number is used only if no backend with a lower number has room and is healthy. */
  readonly priority: number;
  /** Whether the backend gets no new sessions. It finishes the current ones. */
  readonly isDraining: boolean;
  /** Name for TLS and for the Host of health checks, if the URL contains an address to which a name was resolved. */
  readonly serverName?: string;
}

/** A backend as a caller names it. */
export interface BackendOptions {
  url: string;
  /** Greater than 0. Default 1. */
  weight?: number;
  /** A whole number from 0, which is used first. Default 0. */
  priority?: number;
  /** Default false. */
  isDraining?: boolean;
  serverName?: string;
}

/** @throws InvalidInputError `invalid_backend` when a URL is listed twice, or a weight or priority is out of range */
export function toBackends(pool: string, options: readonly BackendOptions[]): readonly Backend[] {
  const seen = new Set<string>();
  return options.map((option) => {
    const backend = toBackend(pool, option);
    const { url } = backend;
    if (seen.has(url)) throw invalid(pool, url, `is a duplicate; list it once, with a greater weight`);
    seen.add(url);
    return backend;
  });
}

function toBackend(
  pool: string,
  { url, weight = 1, priority = 0, isDraining = false, serverName }: BackendOptions,
): Backend {
  if (!(weight > 0 && Number.isFinite(weight)))
    throw invalid(pool, url, `has weight ${weight}; give it a number greater than 0`);
  if (!(Number.isInteger(priority) && priority >= 0))
    throw invalid(pool, url, `has priority ${priority}; give it a whole number from 0`);
  return Object.freeze({ url, weight, priority, isDraining, ...(serverName !== undefined && { serverName }) });
}

const invalid = (pool: string, url: string, complaint: string): InvalidInputError =>
  new InvalidInputError('invalid_backend', `Backend ${url} of pool '${pool}' ${complaint}.`, {
    context: { pool, url },
  });
