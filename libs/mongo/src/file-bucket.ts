import { mongo } from 'mongoose';
import type { Readable, Writable } from 'node:stream';
import { DependencyUnavailableError } from '@slipstream/contracts';
import type { DatabasePool } from './database-pool.js';

/**
 * Files in MongoDB (GridFS), found by ids of the caller's. Contents are streamed, so a file of any size costs one chunk
 * of memory.
 */
export class FileBucket {
  /** @param name collections `name.files` and `name.chunks` */
  constructor(
    private readonly pool: DatabasePool,
    private readonly name: string,
  ) {}

  /**
   * Returns a stream into a new file, which exists when the stream has finished. A destroyed stream leaves chunks,
   * which {@link delete} removes.
   * @throws DependencyUnavailableError
   */
  openUpload(id: string): Writable {
    return this.bucket().openUploadStreamWithId(asId(id), id);
  }

  /**
   * Returns the content of a file, or a part of it (`end` is exclusive). The stream fails if the file does not exist.
   * @throws DependencyUnavailableError
   */
  openDownload(id: string, part?: { start: number; end: number }): Readable {
    return this.bucket().openDownloadStream(asId(id), part);
  }

  /** Removes the file, or the rest of an aborted upload. No error if it does not exist. */
  async delete(id: string): Promise<void> {
    await this.pool.run('file.delete', async () => {
      await this.collection('files').deleteOne({ _id: asId(id) });
      await this.collection('chunks').deleteMany({ files_id: asId(id) });
    });
  }

  private bucket(): mongo.GridFSBucket {
    const { db } = this.pool.connection;
    if (!db || !this.pool.isAvailable) throw new DependencyUnavailableError('mongodb');
    return new mongo.GridFSBucket(db, { bucketName: this.name });
  }

  private collection(part: 'files' | 'chunks') {
    return this.pool.connection.collection(`${this.name}.${part}`);
  }
}

/** The driver's types support ObjectIds only; the server accepts any value. */
const asId = (id: string): mongo.ObjectId => id as unknown as mongo.ObjectId;
