/**
 * @param chunks which may be views of larger buffers, such as reads of a socket or Node's pool for small buffers
 * @param bytes sum of their lengths
 * @returns their bytes in a buffer of their own, so that a stored body retains no other memory
 */
export function inOwnMemory(chunks: readonly Buffer[], bytes: number): Buffer {
  const whole = Buffer.allocUnsafeSlow(bytes);
  let at = 0;
  for (const chunk of chunks) at += chunk.copy(whole, at);
  return whole;
}
