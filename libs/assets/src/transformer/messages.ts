/** Another content of an asset that looks or works the same. */
export type Transformation =
  /** White space and comments removed. Names, and comments of licences, are kept. */
  | { readonly type: 'script' | 'style' }
  /** Comments, metadata of editors and needless digits removed. */
  | { readonly type: 'svg' }
  /** TrueType or OpenType as WOFF2. */
  | { readonly type: 'font' }
  | ImageTransformation;

export interface ImageTransformation {
  readonly type: 'image';
  /** `avif`: AVIF or WebP. `same`: the format of the image. */
  readonly to: 'avif' | 'webp' | 'same';
  /** In pixels; a narrower image is not enlarged. Absent: the image keeps its size. */
  readonly width?: number;
  /** 1 to 100. Absent: no visible difference. */
  readonly quality?: number;
  /** An image with more pixels is left as it is; it is never decoded. */
  readonly maxPixels: number;
}

export interface TransformMessage {
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly transformation: Transformation;
}

export type TransformedMessage =
  /** Without bytes: nothing can be gained. */
  | { readonly id: number; readonly type: 'done'; readonly bytes?: Uint8Array }
  | { readonly id: number; readonly type: 'failed'; readonly reason: string };

/** @returns a name for files, the same for equal transformations */
export function nameOf(transformation: Transformation): string {
  if (transformation.type !== 'image') return transformation.type;
  const { to, width = 0, quality = 0, maxPixels } = transformation;
  return `image-${to}-${width}-${quality}-${maxPixels}`;
}
