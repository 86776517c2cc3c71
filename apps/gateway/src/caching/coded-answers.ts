import type { AssetOptimizer, Effort, ReleaseDictionaries } from '@slipstream/assets';
import { acceptedCodings, fieldValue, isCompressible, type ContentCoding } from '@slipstream/http';
import { isOfOriginsCoding, type AnswerImprover, type StoredResponse } from '@slipstream/http-cache';
import type { AssetTransformations } from './asset-transformations.js';
import { codingOf, recodedAnswer } from './recoded-answer.js';

/** Smaller answers fit in one packet as they are. */
const MIN_BYTES = 1024;
/** Content that is fresh for so long is worth the best compression. */
const BEST_FROM_MS = 60_000;

/** Parts that produce the smaller answers. */
export interface CodedAnswersParts {
  readonly optimizer: Pick<AssetOptimizer, 'recode'>;
  readonly transformations: Pick<AssetTransformations, 'of'>;
  /** Absent: contents are not kept for dictionaries. */
  readonly dictionaries?: Pick<ReleaseDictionaries, 'add'>;
}

/**
 * Makes stored answers smaller, each for the codings that its clients accept. All clients share such an answer, so its
 * size reveals no secret (BREACH).
 */
export class CodedAnswers implements AnswerImprover {
  constructor(private readonly parts: CodedAnswersParts) {}

  improve(response: StoredResponse, url: string, accept: string): Promise<StoredResponse | undefined> | undefined {
    const [coding] = acceptedCodings(accept);
    return coding !== undefined && isWorthwhile(response) ? this.recode(response, url, coding) : undefined;
  }

  private async recode(response: StoredResponse, url: string, to: ContentCoding): Promise<StoredResponse | undefined> {
    const { optimizer, transformations, dictionaries } = this.parts;
    const { body } = response;
    const from = codingOf(response);
    if (from === 'unknown') return undefined;
    const isKept = dictionaries !== undefined && isPartOfRelease(response);
    const transformation = transformations.of(response, url);
    const options = { to, effort: effortOf(response), transformation, isKept };
    const better = await optimizer.recode({ bytes: body, from }, options);
    if (better && isKept) dictionaries.add(new URL(url).pathname, better.digest, better.contentBytes);
    if (!better || better.bytes.length >= body.length) return undefined;
    return recodedAnswer(response, { body: better.bytes, coding: to, mark: better.isTransformed ? `min.${to}` : to });
  }
}

/** Scripts and style sheets that never change are what the files of the next release resemble. */
const isPartOfRelease = ({ headers }: StoredResponse): boolean =>
  /\bimmutable\b/i.test(fieldValue(headers, 'cache-control') ?? '') &&
  /^(?:text|application)\/(?:javascript|css)\b/i.test(fieldValue(headers, 'content-type') ?? '');

function isWorthwhile({ statusCode, headers, body }: StoredResponse): boolean {
  if (statusCode !== 200 || body.length < MIN_BYTES || !isCompressible(fieldValue(headers, 'content-type')))
    return false;
  const control = fieldValue(headers, 'cache-control') ?? '';
  // RFC 9111 section 5.2.2.6
  return !/\bno-transform\b/i.test(control) && isOfOriginsCoding(fieldValue(headers, 'etag'));
}

const effortOf = ({ answeredAt, freshUntil }: StoredResponse): Effort =>
  freshUntil - answeredAt >= BEST_FROM_MS ? 'best' : 'quick';
