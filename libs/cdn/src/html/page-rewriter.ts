import { CspSources, type Destination } from './csp-sources.js';
import { HtmlEditor } from './html-editor.js';
import { attributeOf, decodedValue, encodedValue, type Attribute, type Edit, type OpenTag } from './open-tag.js';

/** Kinds of references in a page. */
export type ReferenceKind = 'scripts' | 'styles' | 'images' | 'preloads';

/** Options of {@link PageRewriter}. */
export interface PageRewriterOptions {
  /** Base URL of the network. */
  cdnUrl: string;
  kinds: ReadonlySet<ReferenceKind>;
  /** @param target path and query @returns its URL at the network; undefined if it is to stay as it is */
  toCdn: (target: string) => string | undefined;
}

/** A reference to a file. */
interface Reference {
  readonly kind: ReferenceKind;
  readonly destination: Destination;
  readonly attribute: string;
  readonly isSet?: boolean;
}

const SCRIPT: Reference = { kind: 'scripts', destination: 'script', attribute: 'src' };
const STYLE: Reference = { kind: 'styles', destination: 'style', attribute: 'href' };
const ICON: Reference = { kind: 'images', destination: 'image', attribute: 'href' };
const IMAGE: Reference = { kind: 'images', destination: 'image', attribute: 'src' };
const IMAGE_SET: Reference = { kind: 'images', destination: 'image', attribute: 'srcset', isSet: true };
const PRELOADS: Readonly<Record<string, Destination>> = { script: 'script', style: 'style', image: 'image' };

/** An origin that is no page's. */
const HERE = 'http://page.invalid';
const MAX_REFERENCE_CHARS = 8192;

/** Replaces the URLs of files in one page by those at a network, while the page flows. */
export class PageRewriter {
  private readonly editor = new HtmlEditor((tag) => this.editsOf(tag));
  private readonly csp: CspSources;
  private base: URL;
  private hasBase = false;

  /**
   * @param target path and query of the page
   * @param policies values of its Content-Security-Policy fields
   */
  constructor(
    private readonly options: PageRewriterOptions,
    target: string,
    policies: readonly string[],
  ) {
    this.base = URL.parse(target, HERE) ?? new URL(HERE);
    this.csp = new CspSources(new URL(options.cdnUrl));
    for (const policy of policies) this.csp.add(policy);
  }

  /** Whether any URL may change, as far as the head of the answer decides. */
  get isUseful(): boolean {
    return (['script', 'style', 'image'] as const).some((destination) => this.csp.allows(destination));
  }

  write(chunk: Buffer): Buffer {
    return this.editor.write(chunk);
  }

  end(): Buffer {
    return this.editor.end();
  }

  /** @returns undefined: the rest of the page stays as it is */
  private editsOf(tag: OpenTag): readonly Edit[] | undefined {
    switch (tag.name) {
      case 'base':
        return this.readBase(tag) ? [] : undefined;
      case 'meta':
        return this.readMeta(tag) ? [] : undefined;
      case 'script':
        return this.replaced(tag, SCRIPT);
      case 'link':
        return linkReferences(tag).flatMap((reference) => this.replaced(tag, reference));
      case 'img':
        return [IMAGE, IMAGE_SET].flatMap((reference) => this.replaced(tag, reference)).sort(byPosition);
      case 'source':
        return this.replaced(tag, IMAGE_SET);
      default:
        return [];
    }
  }

  /** The first `base` with `href` counts. @returns false if the URLs of the page mean another origin */
  private readBase(tag: OpenTag): boolean {
    const href = attributeOf(tag, 'href');
    if (!href || this.hasBase) return true;
    this.hasBase = true;
    const value = decodedValue(href.value);
    const base = value === undefined ? null : URL.parse(value, this.base.href);
    if (base?.origin !== HERE) return false;
    this.base = base;
    return true;
  }

  /** A policy in the page counts from there on. @returns false if it can't be read */
  private readMeta(tag: OpenTag): boolean {
    const name = attributeOf(tag, 'http-equiv')?.value.trim().toLowerCase();
    if (name !== 'content-security-policy') return true;
    const policy = (attributeOf(tag, 'content')?.value ?? '').replaceAll(/&(?:#39|#x27|apos);/gi, "'");
    if (policy.includes('&')) return false;
    this.csp.add(policy);
    return true;
  }

  private replaced(tag: OpenTag, { kind, destination, attribute: name, isSet }: Reference): Edit[] {
    const attribute = attributeOf(tag, name);
    if (!attribute || !this.options.kinds.has(kind) || !this.csp.allows(destination)) return [];
    const value = decodedValue(attribute.value);
    if (value === undefined || value.length > MAX_REFERENCE_CHARS) return [];
    const url = isSet ? this.setAtCdn(value) : this.atCdn(value);
    const text = url === undefined ? undefined : encodedValue(url, attribute.quote);
    if (text === undefined) return [];
    return [...integrityEdits(tag, attribute), { start: attribute.start, end: attribute.end, text }];
  }

  private atCdn(value: string): string | undefined {
    const url = value === '' ? null : URL.parse(value, this.base.href);
    if (url?.origin !== HERE) return undefined;
    const cdnUrl = this.options.toCdn(`${url.pathname}${url.search}`);
    return cdnUrl === undefined ? undefined : `${cdnUrl}${url.hash}`;
  }

  /** `a.png 1x, b.png 2x`. A URL with a comma is none that this reads. */
  private setAtCdn(value: string): string | undefined {
    let isChanged = false;
    const candidates = value.split(',').map((candidate) => {
      const [url = '', ...descriptors] = candidate.trim().split(/\s+/);
      const cdnUrl = this.atCdn(url);
      isChanged ||= cdnUrl !== undefined;
      return [cdnUrl ?? url, ...descriptors].join(' ');
    });
    return isChanged && !/(?:^|,)\s*data:/i.test(value) ? candidates.join(', ') : undefined;
  }
}

const byPosition = (one: Edit, other: Edit): number => one.start - other.start;

function linkReferences(tag: OpenTag): Reference[] {
  const relations = (attributeOf(tag, 'rel')?.value ?? '').toLowerCase().split(/\s+/);
  if (relations.includes('stylesheet')) return [STYLE];
  if (relations.includes('icon')) return [ICON];
  if (relations.includes('modulepreload')) return [{ kind: 'preloads', destination: 'script', attribute: 'href' }];
  const destination = relations.includes('preload')
    ? PRELOADS[attributeOf(tag, 'as')?.value.toLowerCase() ?? '']
    : undefined;
  return destination ? [{ kind: 'preloads', destination, attribute: 'href' }] : [];
}

/** Browsers verify `integrity` of another origin only if it was fetched with CORS. */
function integrityEdits(tag: OpenTag, { name }: Attribute): Edit[] {
  if (name === 'srcset' || !attributeOf(tag, 'integrity') || attributeOf(tag, 'crossorigin')) return [];
  return [{ start: tag.nameEnd, end: tag.nameEnd, text: ' crossorigin="anonymous"' }];
}
