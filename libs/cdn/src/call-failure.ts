/** Why a call to a network got no answer. A code contains no field of the request; a message may. */
export function callFailure(error: unknown): string {
  const { name, code } = error as { name?: unknown; code?: unknown };
  if (name === 'AbortError' || name === 'TimeoutError') return 'did not answer in time';
  return typeof code === 'string' ? `failed (${code})` : 'failed';
}
