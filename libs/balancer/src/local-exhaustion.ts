/** What this process or machine has run out of: file descriptors, memory, buffers. */
const OUT_OF_RESOURCES: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EAI_MEMORY']);
/** No local port is left; or, of a single address, this machine has no way to it. */
const OUT_OF_PORTS: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'EADDRINUSE', 'EAGAIN']);

const MAX_DEPTH = 5;

/**
 * Whether an error of a connection is this machine's own fault, which says nothing of the backend: it must not count
 * against it. Looks behind `cause` too. Of several addresses that were tried, one that this machine has no port for
 * says nothing while another refused.
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
