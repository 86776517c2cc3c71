import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The last copy on disk of what was changed at run time. */
export class OverlayFile {
  constructor(private readonly path: string) {}

  /** @returns undefined when there is none, or none that is JSON */
  async read(): Promise<unknown> {
    try {
      return JSON.parse(await readFile(this.path, 'utf8')) as unknown;
    } catch {
      return undefined;
    }
  }

  /** Whole or not at all: a crash leaves the old one. */
  async write(content: object): Promise<void> {
    const fresh = `${this.path}.${process.pid}.new`;
    await mkdir(dirname(this.path), { recursive: true });
    await writeFile(fresh, JSON.stringify(content));
    await rename(fresh, this.path);
  }
}
