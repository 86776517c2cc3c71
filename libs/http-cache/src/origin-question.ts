import { addToVary, type RawHeaders } from '@slipstream/http';
import type { CacheObserver } from './cache-observer.port.js';
import { fieldsOf, type Fields } from './fields/fields.js';
import type { Judge, Verdict } from './coalescing/verdict.js';
import type { ReadRequest } from './policy/cache-request.js';
import { freshened } from './policy/freshen.js';
import type { Exchanged } from './policy/freshness.js';
import { isMistyped, MISTYPED, unstorable } from './policy/mistyped.js';
import { validatorsAgree } from './policy/preconditions.js';
import { withOwnTag } from './policy/recoded.js';
import { responseDirectives } from './policy/response-directives.js';
import { isFor, mayServeStaleIfError } from './policy/reuse.js';
import { isUseless, reasonNotToStore, describesUrl } from './policy/storability.js';
import {
  currentAgeSeconds,
  isFresh,
  reusabilityOf,
  storableHeaders,
  storedResponse,
  type AnswerHead,
  type RequestedPart,
  type Reusability,
  type StoredResponse,
} from './policy/stored-response.js';
import { formSelectionOf, type FormKind } from './policy/answer-forms.js';
import { varyNames } from './policy/vary.js';
import type { Watch } from './purge/purge-watch.js';
import { keyOf, type Found } from './store/answer-lookup.js';
import type { AnswerDeltas } from './store/answer-deltas.port.js';
import type { CacheRecord, CacheValue } from './store/cache-record.js';
import type { PurgePoint } from './store/shared-store.port.js';
import type { TieredResponseStore } from './store/tiered.response-store.js';

export interface QuestionOptions {
  readonly store: TieredResponseStore;
  readonly observer: CacheObserver;
  readonly maxBodyBytes: number;
  readonly unreachableGraceMs: number;
  readonly staleRetentionMs: number;
  /** Kinds of public answers that are kept in several forms. */
  readonly forms: readonly FormKind[];
  /** See ResponseCacheOptions. */
  readonly deltas?: AnswerDeltas;
  readonly clock: () => number;
  /** See ResponseCacheOptions. Default: `clock`. */
  readonly wallClock?: () => number;
}

/** A request to the origin, and the stored response that it concerns. */
export interface Question {
  readonly request: ReadRequest;
  readonly found: Found;
  /** The stored response that the origin validates, and that is used if it fails. */
  readonly stored: StoredResponse | undefined;
  readonly requestedPart: RequestedPart;
  /** Started before the request to the origin. */
  readonly watch: Watch;
  /** Taken before the request to the origin. */
  readonly purgePoint: PurgePoint | undefined;
}

/** RFC 5861 section 4. */
const ERRORS: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/** Decides about the answer to one request, and stores it. */
export class OriginQuestion implements Judge {
  constructor(
    private readonly question: Question,
    private readonly options: QuestionOptions,
    /**
     * Receives the key of the stored answer once it is known, and whether others may receive the answer as it arrives.
     */
    private readonly onStoring: (key: string, isShareable: boolean) => void,
  ) {}

  judge(statusCode: number, headers: RawHeaders, times: Exchanged): Verdict {
    const { clock, wallClock = clock } = this.options;
    const exchanged = { ...times, wallAheadMs: wallClock() - clock() };
    const { stored } = this.question;
    const fields = fieldsOf(headers);
    if (statusCode === 304 && stored)
      return validatorsAgree(stored, fields) ? this.renew(stored, headers, exchanged) : this.forget();
    if (ERRORS.has(statusCode) && stored && this.mayServeStaleIfError(stored, true))
      return { type: 'stored', response: stored, isRenewed: false, isStored: false, serves: () => true };
    return this.weigh(statusCode, headers, fields, exchanged);
  }

  staleIfError(): StoredResponse | undefined {
    const { stored } = this.question;
    return stored && this.mayServeStaleIfError(stored, false) ? stored : undefined;
  }

  lateStaleIfError(): StoredResponse | undefined {
    const { stored } = this.question;
    return stored && this.mayServeStaleIfError(stored, true) ? stored : undefined;
  }

  private weigh(statusCode: number, headers: RawHeaders, fields: Fields, exchanged: Exchanged): Verdict {
    const { request, requestedPart } = this.question;
    const head: AnswerHead = { statusCode, fields, directives: responseDirectives(fields), requestedPart };
    if (isMistyped(request, statusCode, fields)) return this.passMistyped(headers);
    const reason = reasonNotToStore(request, head) ?? this.isTooLarge(fields);
    if (reason !== undefined) return this.pass(statusCode, reason);
    const reusability = reusabilityOf(head, exchanged, request.rule);
    return isUseless(reusability, fields)
      ? this.pass(statusCode, 'no-freshness')
      : this.store(head, headers, reusability);
  }

  /** The stored response is out of date, unless the origin just fails, or answers to the form of the request. */
  private pass(statusCode: number, detail: string): Verdict {
    if (this.question.stored && describesUrl(statusCode)) this.options.store.delete(this.question.found.key);
    return { type: 'pass', detail, isByNature: detail !== 'partial' && statusCode < 400 && describesUrl(statusCode) };
  }

  /** Another backend may have the file: during a roll-out, an old version answers with its start page. */
  private passMistyped(headers: RawHeaders): Verdict {
    this.options.observer.mistyped?.();
    return { type: 'pass', detail: MISTYPED, isByNature: false, headers: unstorable(headers) };
  }

  private store(head: AnswerHead, headers: RawHeaders, reusability: Reusability): Verdict {
    const { statusCode, fields, directives } = head;
    const { request, found } = this.question;
    const varies = varyNames(fields);
    const form = request.rule?.scope === 'public' ? formSelectionOf(head, varies, this.options.forms) : undefined;
    const names = [...new Set([...found.names, ...(varies ?? []), ...(form ? [form.name] : [])])].sort();
    const key = keyOf(found.primary, names, request);
    const kept = storableHeaders(headers, directives);
    const varyBy = [form?.field, this.deltaField(statusCode)].filter((field) => field !== undefined);
    addToVary(kept, varyBy);
    if (key !== found.primary) this.put(found.primary, { type: 'vary', names }, reusability);
    this.onStoring(key, isFresh(reusability, this.options.clock()));
    return {
      type: 'store',
      varyBy,
      headers: [...kept, ...currentFields(fields, reusability)],
      serves: (other) =>
        isFresh(reusability, this.options.clock()) &&
        isFor(reusability, other) &&
        keyOf(found.primary, names, other) === key,
      keep: (body) => {
        if (!isWhole(body, fields)) return;
        const { headers: tagged, originTag } = withOwnTag(statusCode, kept, body, request.rule);
        const response = { ...storedResponse(statusCode, tagged, reusability, body), originTag };
        this.put(key, { type: 'response', response }, reusability);
      },
    };
  }

  /** A whole file names it too: otherwise a cache in front would send it to browsers with a dictionary as well. */
  private deltaField(statusCode: number): string | undefined {
    const { rule } = this.question.request;
    return statusCode === 200 && rule?.checksType === true ? this.options.deltas?.field : undefined;
  }

  /** Fields of a 304 may be for its client alone, such as a cookie. Then no other client gets them. */
  private renew(stored: StoredResponse, headers: RawHeaders, exchanged: Exchanged): Verdict {
    const { request, found } = this.question;
    const response = freshened(stored, headers, exchanged, request.rule);
    const fields = fieldsOf(response.headers);
    const reason = reasonNotToStore(request, {
      statusCode: stored.statusCode,
      fields,
      directives: responseDirectives(fields),
      requestedPart: 'whole',
    });
    const isStored = reason === undefined;
    if (isStored) this.put(found.key, { type: 'response', response }, response);
    else if (reason !== 'set-cookie') this.options.store.delete(found.key);
    const serves = (other: ReadRequest): boolean =>
      isStored && isFor(response, other) && isFresh(response, this.options.clock());
    return { type: 'stored', response, isRenewed: true, isStored, serves };
  }

  /** The origin's 304 concerns another answer than the stored one (RFC 9111 section 4.3.4). */
  private forget(): Verdict {
    this.options.store.delete(this.question.found.key);
    return { type: 'void' };
  }

  private mayServeStaleIfError(stored: StoredResponse, isReachable: boolean): boolean {
    const { request, watch } = this.question;
    const { unreachableGraceMs, clock } = this.options;
    return (
      !watch.isPurged(tagsOf(request)) &&
      mayServeStaleIfError(stored, { isReachable, unreachableGraceMs, now: clock() })
    );
  }

  private isTooLarge(fields: Fields): string | undefined {
    return Number(fields.get('content-length') ?? 0) > this.options.maxBodyBytes ? 'too-large' : undefined;
  }

  /** A purge that arrived since the request has priority. */
  private put(key: string, value: CacheValue, reusability: Reusability): void {
    const { request, found, watch, purgePoint } = this.question;
    const tags = tagsOf(request);
    if (watch.isPurged(tags)) return;
    const record: CacheRecord = {
      key,
      primary: found.primary,
      url: found.url,
      tags,
      retainUntil: this.retainUntil(reusability),
      value,
    };
    this.options.store.put(record, purgePoint);
    if (value.type === 'response') this.options.observer.stored?.(value.response.body.length);
  }

  /** Until it can no longer be sent, validated, or used while the origin fails. */
  private retainUntil({ freshUntil, staleWhileRevalidateUntil, staleIfErrorUntil }: Reusability): number {
    const { staleRetentionMs } = this.options;
    return Math.max(
      Math.max(freshUntil, this.options.clock()) + staleRetentionMs,
      staleWhileRevalidateUntil,
      staleIfErrorUntil,
    );
  }
}

const NO_TAGS: readonly string[] = [];
export const tagsOf = ({ rule }: ReadRequest): readonly string[] => rule?.tags ?? NO_TAGS;

/** An incomplete answer is never stored (RFC 9111 section 3.3), even if no error showed it. */
const isWhole = (body: Buffer, fields: Fields): boolean =>
  Number(fields.get('content-length') ?? body.length) === body.length;

/**
 * Fields added for other clients: the age, and the length if the origin has sent it, because the body is not complete
 * yet.
 */
function currentFields(fields: Fields, reusability: Reusability): string[] {
  const length = fields.get('content-length');
  const age = ['Age', String(currentAgeSeconds(reusability, reusability.answeredAt))];
  return length === undefined ? age : [...age, 'Content-Length', length];
}
