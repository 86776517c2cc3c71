import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The copy on disk of the changes at run time. */
export class OverlayFile {
  constructor(readonly path: string) {}

  /**
   * @returns undefined if it is missing
   * @throws if it can't be read, or is not JSON
   */
  async read(): Promise<unknown> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  }

  /** Written completely or not at all: a crash leaves the old one. */
  async write(content: object): Promise<void> {
    const fresh = `${this.path}.${process.pid}.new`;
    await mkdir(dirname(this.path), { recursive: true });
    await writeFile(fresh, JSON.stringify(content));
    await rename(fresh, this.path);
  }

  /**
   * Sets the file aside for an operator, replacing an earlier one.
   * @returns its new path
   */
  async setAside(): Promise<string> {
    const aside = `${this.path}.damaged`;
    await rename(this.path, aside);
    return aside;
  }
}

/** A copy that contains nothing, for changes whose store is a file. */
export const noCopy = (path: string): Pick<OverlayFile, 'path' | 'read' | 'write' | 'setAside'> => ({
  path,
  read: async () => undefined,
  write: async () => undefined,
  setAside: async () => path,
});
