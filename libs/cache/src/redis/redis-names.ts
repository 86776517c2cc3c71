/** A key's value and the lock of its leading load, in one slot of a cluster. */
export interface RedisNames {
  readonly value: string;
  readonly lock: string;
}

/** @param epoch name of their purge epoch */
export function redisNames(prefix: string, epoch: string, key: string): RedisNames {
  const value = `${prefix}${epoch}:{${key}}`;
  return { value, lock: `${value}:lock` };
}
