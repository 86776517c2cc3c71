import type { AssetOptimizer, CodedAsset, Effort, RecodeOptions, ReleaseDictionaries } from '@slipstream/assets';
import { acceptedCodings, fieldValue, isCompressible } from '@slipstream/http';
import {
  isOfOriginsCoding,
  pathOf,
  targetOf,
  type AnswerClients,
  type AnswerImprover,
  type StoredResponse,
} from '@slipstream/http-cache';
import type { AssetTransformations } from './asset-transformations.js';
import { isImmutable } from './is-immutable.js';
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
 * Makes stored answers smaller, each for the codings and formats that its clients accept. All clients share such an
 * answer, so its size reveals no secret (BREACH).
 */
export class CodedAnswers implements AnswerImprover {
  constructor(private readonly parts: CodedAnswersParts) {}

  improve(
    response: StoredResponse,
    url: string,
    clients: AnswerClients,
  ): Promise<StoredResponse | undefined> | undefined {
    if (!isWorthwhile(response)) return undefined;
    const { acceptEncoding = '', form } = clients;
    const [to] = isCompressible(fieldValue(response.headers, 'content-type')) ? acceptedCodings(acceptEncoding) : [];
    if (to === undefined && form === undefined) return undefined;
    const transformation = this.parts.transformations.of(response, url, form);
    return (to ?? transformation) === undefined ? undefined : this.recode(response, url, { to, transformation });
  }

  private async recode(response: StoredResponse, url: string, wanted: Wanted): Promise<StoredResponse | undefined> {
    const { optimizer, dictionaries } = this.parts;
    const { body } = response;
    const from = codingOf(response);
    if (from === 'unknown') return undefined;
    const isKept = dictionaries !== undefined && isPartOfRelease(response);
    const better = await optimizer.recode({ bytes: body, from }, { ...wanted, effort: effortOf(response), isKept });
    if (better && isKept) dictionaries.add(pathOf(targetOf(url)), better.digest, better.contentBytes);
    if (!better || better.bytes.length >= body.length) return undefined;
    const { bytes, coding, contentType } = better;
    return recodedAnswer(response, { body: bytes, coding, type: contentType, mark: markOf(better) });
  }
}

type Wanted = Pick<RecodeOptions, 'to' | 'transformation'>;

/** Such as `br`, `min.br` or `avif`. */
function markOf({ coding, contentType, isTransformed }: CodedAsset): string {
  const content = isTransformed ? [contentType?.split('/')[1] ?? 'min'] : [];
  return [...content, ...(coding ? [coding] : [])].join('.');
}

/** Scripts and style sheets that never change are what the files of the next release resemble. */
const isPartOfRelease = ({ headers }: StoredResponse): boolean =>
  isImmutable(headers) &&
  /^(?:text|application)\/(?:javascript|css)\b/i.test(fieldValue(headers, 'content-type') ?? '');

function isWorthwhile({ statusCode, headers, body }: StoredResponse): boolean {
  if (statusCode !== 200 || body.length < MIN_BYTES) return false;
  const control = fieldValue(headers, 'cache-control') ?? '';
  // RFC 9111 section 5.2.2.6
  return !/\bno-transform\b/i.test(control) && isOfOriginsCoding(fieldValue(headers, 'etag'));
}

const effortOf = ({ answeredAt, freshUntil }: StoredResponse): Effort =>
  freshUntil - answeredAt >= BEST_FROM_MS ? 'best' : 'quick';
