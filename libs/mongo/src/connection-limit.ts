/** Servers that are not a mongod report placeholders; a mongod accepts hundreds of connections or more. */
const PLAUSIBLE_CONNECTIONS = 64;

/**
 * @param status answer to `serverStatus`; undefined: it was refused
 * @returns connections that the server accepts; undefined if it does not report a limit. A server without an available
 *   connection would not have answered
 */
export function connectionLimitIn(status: { connections?: unknown } | undefined): number | undefined {
  const { current = 0, available = 0 } = (status?.connections ?? {}) as { current?: number; available?: number };
  const limit = current + available;
  return available === 0 || limit < PLAUSIBLE_CONNECTIONS ? undefined : limit;
}
