import { readdirSync, readlinkSync } from 'node:fs';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { temporaryFile } from './temporary-file.js';

const { signal } = new AbortController();

/** Temporary files that this process has open. */
const openFiles = (): string[] =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.includes('slipstream-document-') ? [target] : [];
    } catch {
      return [];
    }
  });

it('has the whole content, and no name', async () => {
  const handle = await temporaryFile(Readable.from([Buffer.from('one '), Buffer.from('two')]), signal);
  expect((await handle.read(Buffer.alloc(9), 0, 9, 0)).buffer.toString('utf8', 0, 7)).toBe('one two');
  expect(openFiles()).toEqual([expect.stringContaining('(deleted)')]);
  await handle.close();
  expect(openFiles()).toEqual([]);
});

it('fails with the error of its stream, and leaves no open file', async () => {
  async function* broken(): AsyncGenerator<Buffer> {
    yield Buffer.from('one');
    throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  }
  await expect(temporaryFile(Readable.from(broken()), signal)).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(openFiles()).toEqual([]);
});

it('ends when the lease is lost, even if its stream is silent', async () => {
  const lease = new AbortController();
  const silent = new Readable({ read: () => lease.abort(new Error('lease lost')) });
  await expect(temporaryFile(silent, lease.signal)).rejects.toMatchObject({ name: 'AbortError' });
  expect(silent.destroyed).toBe(true);
  expect(openFiles()).toEqual([]);
});
