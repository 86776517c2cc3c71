import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable, of } from 'rxjs';
import { IdempotentAnswerStore, type BegunCall } from './idempotent-answer.store.js';
import { createIdentity } from './idempotency-key.js';
import { findPrincipal } from './known-principal.js';

/**
 * `Idempotency-Key` for POSTs that create no resource with an id of its own: an equal call of the same caller runs
 * once, and gets the same answer for a day. Calls without a key, and failed calls, are not stored.
 */
@Injectable()
export class IdempotentAnswers implements NestInterceptor {
  constructor(private readonly answers: IdempotentAnswerStore) {}

  /**
   * @throws InvalidInputError `invalid_idempotency_key`
   * @throws ConflictError `idempotency_key_reused`, or `call_under_way`
   */
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const { method, url, headers, body, raw } = context.switchToHttp().getRequest<FastifyRequest>();
    const key = headers['idempotency-key'];
    if (method !== 'POST' || key === undefined) return next.handle();
    const { id, requestHash = '' } = createIdentity(findPrincipal(raw) ?? NO_KEY, url, key, body);
    const call = await this.answers.begin({ id, requestHash });
    return 'answer' in call ? of(decode(call.answer)) : from(this.do(call, next));
  }

  private async do(call: BegunCall, next: CallHandler): Promise<unknown> {
    const answer: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined }).catch(
      async (error: unknown) => {
        await this.answers.forget(call).catch(() => undefined); // otherwise it counts as running for a minute
        throw error;
      },
    );
    // The effect is done; a failure to store the answer is not a failure of the call.
    await this.answers.keep(call, encode(answer)).catch(() => undefined);
    return answer;
  }
}

/** Hooks: the secret in their path identifies the caller. */
const NO_KEY = { keyId: '' };

/** An answer without content is the empty text. */
const encode = (answer: unknown): string => (answer === undefined ? '' : JSON.stringify(answer));
const decode = (text: string): unknown => (text === '' ? undefined : JSON.parse(text));
