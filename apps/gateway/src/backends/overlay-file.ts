import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The last copy on disk of what was changed at run time. */
export class OverlayFile {
  constructor(readonly path: string) {}

  /**
   * @returns undefined when there is none
   * @throws when it can't be read, or is no JSON
   */
  async read(): Promise<unknown> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  }

  /** Whole or not at all: a crash leaves the old one. */
  async write(content: object): Promise<void> {
    const fresh = `${this.path}.${process.pid}.new`;
    await mkdir(dirname(this.path), { recursive: true });
    await writeFile(fresh, JSON.stringify(content));
    await rename(fresh, this.path);
  }

  /**
   * Takes it out of the way, for an operator to look at; one that was set aside before is replaced.
   * @returns where it is now
   */
  async setAside(): Promise<string> {
    const aside = `${this.path}.damaged`;
    await rename(this.path, aside);
    return aside;
  }
}
