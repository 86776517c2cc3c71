import type { Transformation } from '@slipstream/assets';
import { fieldValue } from '@slipstream/http';
import { pathMatcher, queryOf, targetOf, type AnswerForm, type StoredResponse } from '@slipstream/http-cache';

/** Which assets get another content. */
export interface AssetTransformationsOptions {
  /** Patterns of paths whose scripts and style sheets are minified. */
  readonly minify: readonly string[];
  readonly images: boolean;
  /** Widths that clients may request by `?w=`, in pixels. */
  readonly imageWidths: readonly number[];
  /** Images with more pixels stay as they are. */
  readonly maxImagePixels: number;
}

/** 30 to 95 in steps of 5, so that few forms of an image exist. */
const QUALITY = /^(?:[3-9][05])$/;
const SCRIPT = /^(?:text|application)\/(?:x-)?javascript$/;

/** Chooses the transformation of an answer by its type and its path. */
export class AssetTransformations {
  /** An integrity attribute of a page names the exact bytes of a file, so these paths have to be configured. */
  private readonly isMinified: (target: string) => boolean;

  constructor(private readonly options: AssetTransformationsOptions) {
    this.isMinified = pathMatcher(options.minify);
  }

  /**
   * @param form that the clients get; undefined: the answer has one form
   * @returns undefined: the content stays as it is
   */
  of({ headers }: StoredResponse, url: string, form: AnswerForm | undefined): Transformation | undefined {
    if (form === 'woff2') return { type: 'font' };
    const type = fieldValue(headers, 'content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
    if (form !== undefined && type.startsWith('image/')) return this.imageIn(url, form);
    if (type === 'image/svg+xml') return this.options.images ? { type: 'svg' } : undefined;
    const kind = type === 'text/css' ? 'style' : SCRIPT.test(type) ? 'script' : undefined;
    return kind && this.isMinified(targetOf(url)) ? { type: kind } : undefined;
  }

  /** A width or quality that is not allowed counts as absent. The authority, which clients choose, is not read. */
  private imageIn(url: string, form: 'avif' | 'webp' | 'plain'): Transformation | undefined {
    const searchParams = new URLSearchParams(queryOf(targetOf(url)));
    const width = this.options.imageWidths.find((each) => String(each) === searchParams.get('w'));
    const quality = QUALITY.test(searchParams.get('q') ?? '') ? Number(searchParams.get('q')) : undefined;
    if (form === 'plain' && width === undefined) return undefined;
    const to = form === 'plain' ? 'same' : form;
    return { type: 'image', to, width, quality, maxPixels: this.options.maxImagePixels };
  }
}
