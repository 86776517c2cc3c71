/** How a page fetches a file, as a parameter of its link (https://html.spec.whatwg.org/#link-type-modulepreload). */
export type PreloadKind = 'module' | 'script' | 'style';

/** Options of {@link LearnedPreloads}. */
export interface LearnedPreloadsOptions {
  /** Largest length of the links of one page. Default 12,288. */
  maxLinkBytes?: number;
  /** Files that a client requests within this time of a page belong to it. Default 15,000. */
  visitMs?: number;
  /** In ms, monotonic. Default: `performance.now`. */
  now?: () => number;
}

interface LoadedFile {
  readonly kind: PreloadKind;
  loads: number;
}

interface Page {
  /** Visits that loaded at least one file. Browsers that have all files cached do not count. */
  loads: number;
  /** By path, in the order in which a browser first requested them. */
  readonly files: Map<string, LoadedFile>;
}

/** One client that loads a page. */
interface Visit {
  readonly page: Page;
  readonly endsAt: number;
  readonly loaded: Set<string>;
}

/** Versions of pages: one for each release of a single-page application. */
const MAX_PAGES = 8;
const MAX_FILES = 512;
/** After so many loads all numbers are halved, so that new habits replace old ones. */
const MAX_LOADS = 64;
const LINK_PARAMETERS: Readonly<Record<PreloadKind, string>> = {
  module: 'rel=modulepreload',
  script: 'rel=preload; as=script',
  style: 'rel=preload; as=style',
};

/**
 * Learns which files a page loads, so that the next browser can request all of them at once: scripts that import each
 * other cost a round trip for each step otherwise. A file belongs to a page if at least half of the loads included it.
 */
export class LearnedPreloads {
  private readonly maxLinkBytes: number;
  private readonly visitMs: number;
  private readonly now: () => number;
  /** By tag; the page that was opened last is the last one. */
  private readonly pages = new Map<string, Page>();
  private readonly visits = new WeakMap<object, Visit>();

  constructor({ maxLinkBytes = 12 * 1024, visitMs = 15_000, now = () => performance.now() }: LearnedPreloadsOptions) {
    this.maxLinkBytes = maxLinkBytes;
    this.visitMs = visitMs;
    this.now = now;
  }

  /**
   * Begins a visit of a page, and returns the Link field for it (RFC 8288); empty if no file is known.
   * @param connection of one browser
   * @param tag entity tag of the page, which changes with each release
   */
  open(connection: object, tag: string): string {
    const page = this.pages.get(tag) ?? { loads: 0, files: new Map() };
    this.pages.delete(tag);
    this.pages.set(tag, page);
    for (const oldest of this.pages.keys()) if (this.pages.size > MAX_PAGES) this.pages.delete(oldest);
    this.visits.set(connection, { page, endsAt: this.now() + this.visitMs, loaded: new Set() });
    return this.linkOf(page);
  }

  /** Counts a file for the page that this connection visits, if any. */
  load(connection: object, path: string, kind: PreloadKind): void {
    const visit = this.visits.get(connection);
    if (!visit) return;
    const { page, loaded, endsAt } = visit;
    if (this.now() > endsAt) return void this.visits.delete(connection);
    if (loaded.has(path)) return;
    const file = page.files.get(path);
    if (!file && page.files.size >= MAX_FILES) return;
    if (loaded.size === 0) begin(page);
    loaded.add(path);
    if (file) file.loads += 1;
    else page.files.set(path, { kind, loads: 1 });
  }

  private linkOf({ loads, files }: Page): string {
    let link = '';
    for (const [path, file] of files) {
      if (file.loads * 2 < loads) continue;
      const next = `<${path}>; ${LINK_PARAMETERS[file.kind]}`;
      if (link.length + next.length + 2 > this.maxLinkBytes) break;
      link += link === '' ? next : `, ${next}`;
    }
    return link;
  }
}

function begin(page: Page): void {
  page.loads += 1;
  if (page.loads < MAX_LOADS) return;
  page.loads >>= 1;
  for (const [path, file] of page.files) {
    file.loads >>= 1;
    if (file.loads === 0) page.files.delete(path);
  }
}
