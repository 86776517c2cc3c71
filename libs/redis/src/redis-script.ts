import { createHash } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { isReplyError } from './redis-error.js';

/** Runs one Lua script by its digest, and once with its text if the server lacks it. */
export class RedisScript {
  private readonly digest: string;

  constructor(private readonly lua: string) {
    this.digest = createHash('sha1').update(lua).digest('hex');
  }

  /**
   * @param keys every key that the script accesses; in a cluster they must share a slot
   * @returns the script's answer, in Redis' types
   */
  async run(commands: Redis | Cluster, keys: string[], args: (string | number | Buffer)[]): Promise<unknown> {
    try {
      return await commands.evalsha(this.digest, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(isReplyError(error) && error.message.startsWith('NOSCRIPT'))) throw error;
      return commands.eval(this.lua, keys.length, ...keys, ...args);
    }
  }
}
