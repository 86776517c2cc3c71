import type { Transformation } from '@slipstream/assets';
import { fieldValue } from '@slipstream/http';
import { pathMatcher, type StoredResponse } from '@slipstream/http-cache';

/** Which assets get another content. */
export interface AssetTransformationsOptions {
  /** Patterns of paths whose scripts and style sheets are minified. */
  readonly minify: readonly string[];
  readonly images: boolean;
}

const SCRIPT = /^(?:text|application)\/(?:x-)?javascript$/;

/** Chooses the transformation of an answer by its type and its path. */
export class AssetTransformations {
  /** An integrity attribute of a page names the exact bytes of a file, so these paths have to be configured. */
  private readonly isMinified: (target: string) => boolean;

  constructor(private readonly options: AssetTransformationsOptions) {
    this.isMinified = pathMatcher(options.minify);
  }

  /** @returns undefined: the content stays as it is */
  of({ headers }: StoredResponse, url: string): Transformation | undefined {
    const type = fieldValue(headers, 'content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
    if (type === 'image/svg+xml') return this.options.images ? { type: 'svg' } : undefined;
    const kind = type === 'text/css' ? 'style' : SCRIPT.test(type) ? 'script' : undefined;
    return kind && this.isMinified(new URL(url).pathname) ? { type: kind } : undefined;
  }
}
