import { RewritingReceiver, type CDNManager, type ReferenceKind } from '@slipstream/cdn';
import { fieldValue, type RawHeaders, type Receiver } from '@slipstream/http';
import { rewrittenTag, type CacheRule, type CacheRules } from '@slipstream/http-cache';
import type { PageRewriting } from '@slipstream/proxy';

/** Options of {@link Pages}. */
export interface PagesOptions {
  cdnUrl: string;
  /** References that are rewritten. */
  kinds: ReadonlySet<ReferenceKind>;
}

/** Dependencies of {@link Pages}. */
export interface PagesPorts {
  cdn: Pick<CDNManager, 'getCdnUrl'>;
  /** Whether the network is to be used. */
  isHealthy: () => boolean;
  rules: () => Pick<CacheRules, 'sharedRule'>;
}

/** Lets pages refer to files at the network while it is healthy. */
export class Pages implements PageRewriting {
  rewritten = 0;

  constructor(
    private readonly options: PagesOptions,
    private readonly ports: PagesPorts,
  ) {}

  /** A browser that opens a page names its type; others share the stored answer of a public path with it. */
  expectsPage(request: RawHeaders, rule: CacheRule | undefined): boolean {
    if (!this.ports.isHealthy() || rule?.checksType === true) return false;
    return rule?.scope === 'public' || /\btext\/html\b/i.test(fieldValue(request, 'accept') ?? '');
  }

  wrap(receiver: Receiver, target: string): Receiver {
    return new RewritingReceiver(receiver, target, {
      ...this.options,
      toCdn: (path) => this.toCdn(path),
      toTag: rewrittenTag,
      onPage: () => void (this.rewritten += 1),
    });
  }

  /** Only files that never change: of any other the page and the file might be of different releases. */
  private toCdn(target: string): string | undefined {
    if (this.ports.rules().sharedRule(target)?.checksType !== true) return undefined;
    try {
      return this.ports.cdn.getCdnUrl(target);
    } catch {
      return undefined;
    }
  }
}
