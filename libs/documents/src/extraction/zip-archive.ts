import { fromFd, type Entry, type ZipFile } from 'yauzl';
import { messageOf } from '@slipstream/contracts';
import { ExtractionError } from './extraction.error.js';
import type { ExtractionJob } from './extractor.js';

/** Office files have some hundreds. */
const MAX_ENTRIES = 20_000;
const ENCRYPTED = 1;

/** The entries of a zip file, read as streams. All that is unpacked counts against one limit. */
export class ZipArchive {
  private unpacked = 0;

  private constructor(
    private readonly zip: ZipFile,
    private readonly entries: ReadonlyMap<string, Entry>,
    private readonly maxUnpackedBytes: number,
  ) {}

  /** @throws ExtractionError */
  static async open({ source, limits }: Pick<ExtractionJob, 'source' | 'limits'>): Promise<ZipArchive> {
    try {
      const zip = await opened(source.fd);
      return new ZipArchive(zip, await entriesOf(zip), limits.maxUnpackedBytes);
    } catch (error) {
      if (error instanceof ExtractionError) throw error;
      throw new ExtractionError('document_damaged', messageOf(error), error);
    }
  }

  /** Names of the entries that fit, in the order of the first number in them. */
  names(pattern: RegExp): string[] {
    const numberOf = (name: string): number => Number(/(?<!\d)(\d{1,9})\.xml$/.exec(name)?.[1] ?? 0);
    return [...this.entries.keys()].filter((name) => pattern.test(name)).toSorted((a, b) => numberOf(a) - numberOf(b));
  }

  /** The content of an entry as text; empty if the entry does not exist. @throws ExtractionError */
  async *text(name: string): AsyncGenerator<string, void, void> {
    const entry = this.entries.get(name);
    if (!entry) return;
    const decoder = new TextDecoder();
    try {
      for await (const chunk of await this.zip.openReadStreamPromise(entry)) {
        this.unpacked += (chunk as Buffer).length;
        if (this.unpacked > this.maxUnpackedBytes) throw new ExtractionError('document_too_complex');
        yield decoder.decode(chunk as Buffer, { stream: true });
      }
    } catch (error) {
      if (error instanceof ExtractionError) throw error;
      throw new ExtractionError('document_damaged', messageOf(error), error);
    }
    yield decoder.decode();
  }
}

const opened = (fd: number): Promise<ZipFile> =>
  new Promise((resolve, reject) =>
    fromFd(fd, { lazyEntries: true, autoClose: false }, (error, zip) => (zip ? resolve(zip) : reject(error))),
  );

function entriesOf(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  return new Promise((resolve, reject) => {
    zip.on('error', reject).on('end', () => resolve(entries));
    zip.on('entry', (entry: Entry) => {
      if (entries.size >= MAX_ENTRIES) return reject(new ExtractionError('document_too_complex'));
      if (entry.generalPurposeBitFlag & ENCRYPTED) return reject(new ExtractionError('document_encrypted'));
      entries.set(entry.fileName, entry);
      zip.readEntry();
    });
    zip.readEntry();
  });
}
