import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { FileBucket } from './file-bucket.js';
import { ownDatabase } from './testing/index.js';

const pool = ownDatabase('files');
const files = new FileBucket(pool, 'uploads');

const chunksOf = (id: string): Promise<number> =>
  pool.connection.collection('uploads.chunks').countDocuments({ files_id: id } as object);

describe('FileBucket', () => {
  it('gives back what was stored, byte for byte', async () => {
    const id = randomUUID();
    const content = randomBytes(700_000);
    await pipeline(Readable.from([content.subarray(0, 1), content.subarray(1)]), files.openUpload(id));
    const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    expect(digest(await buffer(files.openDownload(id)))).toBe(digest(content));
  });

  it('gives back a part', async () => {
    const id = randomUUID();
    const content = randomBytes(700_000);
    await pipeline(Readable.from([content]), files.openUpload(id));
    const part = await buffer(files.openDownload(id, { start: 261_000, end: 523_001 }));
    expect(part.equals(content.subarray(261_000, 523_001))).toBe(true);
  });

  it('fails to read a file that is not there', async () => {
    await expect(buffer(files.openDownload(randomUUID()))).rejects.toThrow('FileNotFound');
  });

  it('deletes files, what a broken upload has left, and what is not there', async () => {
    const whole = randomUUID();
    await pipeline(Readable.from([randomBytes(300_000)]), files.openUpload(whole));
    const broken = randomUUID();
    const failing = Readable.from(
      (function* () {
        yield randomBytes(600_000);
        throw new Error('the client went away');
      })(),
    );
    await expect(pipeline(failing, files.openUpload(broken))).rejects.toThrow('went away');
    for (const id of [whole, broken, randomUUID()]) {
      await files.delete(id);
      expect(await chunksOf(id)).toBe(0);
    }
  });
});
