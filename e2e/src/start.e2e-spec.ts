import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { refusedStart } from './process.js';
import { storesEnv } from './system.js';

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function takenPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return String((server.address() as { port: number }).port);
}

describe.each(['gateway', 'chat-worker', 'document-worker', 'notification-worker', 'standalone'])(
  '%s refuses to start, with exit code 1 and no stack,',
  (name) => {
    it('when the management port is taken', async () => {
      const port = await takenPort();
      const { code, text } = await refusedStart(name, { ...storesEnv(), MANAGEMENT_PORT: port });
      expect([code, text.trim().split('\n')]).toEqual([
        1,
        [expect.stringMatching(new RegExp(`management listener can't listen at 127.0.0.1:${port}.*MANAGEMENT_PORT`))],
      ]);
    });

    it('when values are wrong, naming each without showing it', async () => {
      const { code, text } = await refusedStart(name, {
        ...storesEnv(),
        MONGODB_URI: 'mysql://me:s3cret@host',
        LLM_BACKENDS: 'ftp://s3cret',
      });
      expect(code).toBe(1);
      expect(text).toContain('(MONGODB_URI)');
      expect(text).toContain('(LLM_BACKENDS)');
      expect(text).not.toContain('s3cret');
      expect(text).not.toMatch(/^\s+at /m);
    });
  },
);

describe.each(['gateway', 'standalone'])('%s refuses to start', (name) => {
  it('when the public port is taken', async () => {
    const port = await takenPort();
    const { code, text } = await refusedStart(name, { ...storesEnv(), PORT: port });
    expect([code, text]).toEqual([
      1,
      expect.stringMatching(new RegExp(`^The public listener can't listen at 127.0.0.1:${port}: .* PORT\\.\n$`)),
    ]);
  });

  it('on an address that others reach, without keys', async () => {
    const { code, text } = await refusedStart(name, { ...storesEnv(), HOST: '0.0.0.0' });
    expect([code, text]).toEqual([1, expect.stringContaining('npm run key')]);
  });
});
