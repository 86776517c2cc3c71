import { readFile, stat } from 'node:fs/promises';
import { parseHosts } from './hosts-file.js';
import { parseSearchList } from './search-list.js';

/** A file that is parsed again only after a change. An unreadable file counts as empty. */
class ParsedFile<T> {
  private version = '';
  private parsed: T;

  constructor(
    private readonly path: string,
    private readonly parse: (text: string) => T,
  ) {
    this.parsed = parse('');
  }

  async read(): Promise<T> {
    try {
      const { mtimeMs, size, ino } = await stat(this.path);
      const version = `${mtimeMs} ${size} ${ino}`;
      if (version !== this.version) this.parsed = this.parse(await readFile(this.path, 'utf8'));
      this.version = version;
    } catch {
      this.parsed = this.parse('');
      this.version = '';
    }
    return this.parsed;
  }
}

/** The machine's own host names. */
export const hostsFile = new ParsedFile('/etc/hosts', parseHosts);
export const searchList = new ParsedFile('/etc/resolv.conf', parseSearchList);
