/** A key's value and the lock of whoever leads its load, in one slot of a cluster. */
export interface RedisNames {
  readonly value: string;
  readonly lock: string;
}

/** @param epoch the name of the purge epoch that they belong to */
export function redisNames(prefix: string, epoch: string, key: string): RedisNames {
  const value = `${prefix}${epoch}:{${key}}`;
  return { value, lock: `${value}:lock` };
}
