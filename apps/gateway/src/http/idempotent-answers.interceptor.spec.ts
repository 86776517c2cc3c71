import type { CallHandler, ExecutionContext } from '@nestjs/common';
import { of, lastValueFrom, throwError } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import type { IncomingMessage } from 'node:http';
import { DependencyUnavailableError, InvalidInputError } from '@slipstream/contracts';
import type { IdempotentAnswerStore } from './idempotent-answer.store.js';
import { IdempotentAnswers } from './idempotent-answers.interceptor.js';
import { setPrincipal } from './known-principal.js';

const BEGUN = { id: 'i', begunAt: new Date(0) };

/** A request of the holder of a key. */
function rawOf(keyId = 'ops'): IncomingMessage {
  const raw = {} as IncomingMessage;
  setPrincipal(raw, { role: 'admin', keyId });
  return raw;
}

function newInterceptor() {
  const store = {
    begin: vi.fn<IdempotentAnswerStore['begin']>(async () => BEGUN),
    keep: vi.fn<IdempotentAnswerStore['keep']>(async () => undefined),
    forget: vi.fn<IdempotentAnswerStore['forget']>(async () => undefined),
  };
  const sut = new IdempotentAnswers(store as unknown as IdempotentAnswerStore);
  const call = async (
    handler: CallHandler,
    headers: Record<string, string> = { 'idempotency-key': 'k' },
    request: object = {},
  ) => {
    const all = { method: 'POST', url: '/admin/cache/purge', raw: rawOf(), headers, body: { all: true }, ...request };
    return lastValueFrom(
      await sut.intercept({ switchToHttp: () => ({ getRequest: () => all }) } as ExecutionContext, handler),
      { defaultValue: undefined },
    );
  };
  return { store, call };
}

const answering = (value: unknown): CallHandler => ({ handle: vi.fn(() => of(value)) });

describe('IdempotentAnswers', () => {
  it.each([
    [{ count: 3 }, '{"count":3}'],
    [undefined, ''],
  ])('keeps the answer %j, and gives it again without doing anything', async (answer, kept) => {
    const { store, call } = newInterceptor();
    expect(await call(answering(answer))).toEqual(answer);
    expect(store.keep).toHaveBeenCalledExactlyOnceWith(BEGUN, kept);
    store.begin.mockResolvedValueOnce({ answer: kept });
    const again = answering('not asked');
    expect(await call(again)).toEqual(answer);
    expect(again.handle).not.toHaveBeenCalled();
  });

  it('knows a call by caller, path and key, and its body by a hash', async () => {
    const { store, call } = newInterceptor();
    const key = { 'idempotency-key': 'k' };
    await call(answering(1), key);
    await call(answering(1), key, { body: { all: false } });
    await call(answering(1), key, { raw: rawOf('other') });
    await call(answering(1), key, { url: '/admin/backends' });
    await call(answering(1), { 'idempotency-key': 'k2' });
    const [first, otherBody, ...others] = store.begin.mock.calls.map(([identity]) => identity);
    expect(otherBody).toEqual({
      id: first?.id,
      requestHash: expect.not.stringMatching(`^${first?.requestHash}$`) as string,
    });
    expect(new Set([first, ...others].map((identity) => identity?.id)).size).toBe(4);
  });

  it('knows one caller by its key, however Authorization is written', async () => {
    const { store, call } = newInterceptor();
    for (const authorization of ['Bearer K', 'bearer K', 'Bearer  K'])
      await call(answering(1), { 'idempotency-key': 'k', authorization });
    expect(new Set(store.begin.mock.calls.map(([{ id }]) => id)).size).toBe(1);
  });

  it('forgets a call that failed', async () => {
    const { store, call } = newInterceptor();
    await expect(call({ handle: () => throwError(() => new Error('no')) })).rejects.toThrow('no');
    expect(store.forget).toHaveBeenCalledExactlyOnceWith(BEGUN);
    expect(store.keep).not.toHaveBeenCalled();
  });

  it('answers a finished call during an outage of the database, and starts none during one', async () => {
    const { store, call } = newInterceptor();
    const away = new DependencyUnavailableError('mongodb');
    store.keep.mockRejectedValueOnce(away);
    expect(await call(answering(1))).toBe(1);
    store.begin.mockRejectedValueOnce(away);
    const handler = answering(2);
    await expect(call(handler)).rejects.toBe(away);
    expect(handler.handle).not.toHaveBeenCalled();
  });

  it('leaves calls without a key, and what is no POST, alone; refuses a bad key', async () => {
    const { store, call } = newInterceptor();
    expect(await call(answering(1), {})).toBe(1);
    expect(await call(answering(1), { 'idempotency-key': 'k' }, { method: 'DELETE' })).toBe(1);
    await expect(call(answering(1), { 'idempotency-key': 'a b' })).rejects.toThrow(InvalidInputError);
    expect(store.begin).not.toHaveBeenCalled();
  });
});
