/** A key's value, its lease and who leads its load, in one slot of a cluster. */
export interface RedisNames {
  readonly value: string;
  readonly lease: string;
  readonly lock: string;
}

/** @param generation the life of the server that they belong to */
export function redisNames(prefix: string, generation: string, key: string): RedisNames {
  const value = `${prefix}${generation}:{${key}}`;
  return { value, lease: `${value}:lease`, lock: `${value}:lock` };
}
