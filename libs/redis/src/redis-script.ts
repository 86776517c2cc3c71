import { createHash } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { isReplyError } from './redis-error.js';

/** Runs one Lua script: by its digest, and with its text once when the server doesn't know it yet. */
export class RedisScript {
  private readonly digest: string;

  constructor(private readonly lua: string) {
    this.digest = createHash('sha1').update(lua).digest('hex');
  }

  /**
   * @param keys every key that the script touches; in a cluster they must share a slot
   * @returns the script's answer, as Redis says it
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
