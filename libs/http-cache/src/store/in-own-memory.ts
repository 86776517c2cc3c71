/**
 * @param chunks which may be views of larger buffers: what was read from a socket, or Node's pool for small ones
 * @param bytes of all of them
 * @returns what they hold, in memory that nothing else is in, so that keeping it keeps nothing else
 */
export function inOwnMemory(chunks: readonly Buffer[], bytes: number): Buffer {
  const whole = Buffer.allocUnsafeSlow(bytes);
  let at = 0;
  for (const chunk of chunks) at += chunk.copy(whole, at);
  return whole;
}
