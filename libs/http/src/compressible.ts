const TEXT = /^text\//;
const APPLICATION =
  /^application\/(?:json|javascript|ecmascript|xml|wasm|manifest\+json|ld\+json|geo\+json|xhtml\+xml|rss\+xml|opensearchdescription\+xml|vnd\.ms-fontobject)$/;
const IMAGE = /^image\/(?:svg\+xml|bmp|x-icon|vnd\.microsoft\.icon)$/;
const FONT = /^(?:font|application)\/(?:x-)?(?:font-)?(?:ttf|otf|sfnt|collection)$/;

/**
 * Whether a content coding makes content of this type smaller. False for event streams, because a coding would delay
 * their events.
 *
 * @param contentType value of Content-Type
 */
export function isCompressible(contentType: string | undefined): boolean {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === 'text/event-stream') return false;
  return TEXT.test(type) || APPLICATION.test(type) || IMAGE.test(type) || FONT.test(type);
}
