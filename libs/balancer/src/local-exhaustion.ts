/** Codes for a resource that this process or machine has run out of: file descriptors, memory, buffers. */
const OUT_OF_RESOURCES: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EAI_MEMORY']);
/** Codes for a lack of local ports or, for a single address, of a route to it. */
const OUT_OF_PORTS: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'EADDRINUSE', 'EAGAIN']);

const MAX_DEPTH = 5;

/**
 * Whether a connection failed because this machine has run out of a resource. Such an error does not count against the
 * backend. Looks behind `cause` too. If several addresses were tried, one refusal outweighs addresses that this machine
 * has no port for.
 */
export function isLocalExhaustion(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > MAX_DEPTH) return false;
  if (error instanceof AggregateError && error.errors.length > 0) {
    return (
      error.errors.some((one) => isOutOfResources(one)) ||
      error.errors.every((one) => isLocalExhaustion(one, depth + 1))
    );
  }
  const code = codeOf(error);
  return OUT_OF_RESOURCES.has(code) || OUT_OF_PORTS.has(code) || isLocalExhaustion(error.cause, depth + 1);
}

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : '');

const isOutOfResources = (error: unknown): boolean => error instanceof Error && OUT_OF_RESOURCES.has(codeOf(error));
