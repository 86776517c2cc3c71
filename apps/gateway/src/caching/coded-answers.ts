import type { AssetOptimizer, Effort, ReleaseDictionaries } from '@slipstream/assets';
import { acceptedCodings, fieldValue, isCompressible, type ContentCoding } from '@slipstream/http';
import { isRecoded, type AnswerImprover, type StoredResponse } from '@slipstream/http-cache';
import { codingOf, recodedAnswer } from './recoded-answer.js';

/** Smaller answers fit in one packet as they are. */
const MIN_BYTES = 1024;
/** Content that is fresh for so long is worth the best compression. */
const BEST_FROM_MS = 60_000;

/**
 * Compresses stored answers, each for the codings that its clients accept. All clients share such an answer, so its
 * size reveals no secret (BREACH).
 */
export class CodedAnswers implements AnswerImprover {
  constructor(
    private readonly optimizer: Pick<AssetOptimizer, 'recode'>,
    private readonly dictionaries?: Pick<ReleaseDictionaries, 'add'>,
  ) {}

  improve(response: StoredResponse, url: string, accept: string): Promise<StoredResponse | undefined> | undefined {
    const [coding] = acceptedCodings(accept);
    return coding !== undefined && isWorthwhile(response) ? this.recode(response, url, coding) : undefined;
  }

  private async recode(response: StoredResponse, url: string, to: ContentCoding): Promise<StoredResponse | undefined> {
    const { body } = response;
    const from = codingOf(response);
    if (from === 'unknown') return undefined;
    const isKept = this.dictionaries !== undefined && isPartOfRelease(response);
    const better = await this.optimizer.recode({ bytes: body, from }, { to, effort: effortOf(response), isKept });
    if (better && isKept) this.dictionaries?.add(new URL(url).pathname, better.digest, better.contentBytes);
    if (!better || better.bytes.length >= body.length) return undefined;
    return recodedAnswer(response, to, better.bytes);
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
  return !/\bno-transform\b/i.test(control) && !isRecoded(fieldValue(headers, 'etag')); // RFC 9111 section 5.2.2.6
}

const effortOf = ({ answeredAt, freshUntil }: StoredResponse): Effort =>
  freshUntil - answeredAt >= BEST_FROM_MS ? 'best' : 'quick';
