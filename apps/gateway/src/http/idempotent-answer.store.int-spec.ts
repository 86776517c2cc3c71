import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DatabasePool } from '@slipstream/mongo';
import { modelOn, ownDatabase, restsContract } from '@slipstream/mongo/testing';
import { idempotentAnswerModel, IdempotentAnswerStore, type BegunCall } from './idempotent-answer.store.js';

const pool = ownDatabase('answers');
const answersOn = (database: DatabasePool) =>
  new IdempotentAnswerStore(modelOn(database, idempotentAnswerModel), database);
const sut = answersOn(pool);

const fresh = () => ({ id: randomUUID(), requestHash: 'h' });

async function begun(identity: { id: string; requestHash: string }): Promise<BegunCall> {
  const call = await sut.begin(identity);
  return 'begunAt' in call ? call : expect.fail('it was answered before');
}

/** What a process leaves that died in mid-call. */
const age = (id: string) =>
  pool.connection
    .collection<{ _id: string }>('idempotent_answers')
    .updateOne({ _id: id }, { $set: { begunAt: new Date(0), claimableAt: new Date(0) } });

describe('IdempotentAnswerStore', () => {
  it('lets one of many do a call, and gives its answer to all that come after', async () => {
    const identity = fresh();
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => begun(identity)));
    const [first, ...others] = outcomes.filter(
      ({ status }) => status === 'fulfilled',
    ) as PromiseFulfilledResult<BegunCall>[];
    expect(others).toEqual([]);
    await expect(sut.begin(identity)).rejects.toMatchObject({ code: 'call_under_way', isRetryable: true });
    await sut.keep(first!.value, '{"count":3}');
    expect(await sut.begin(identity)).toEqual({ answer: '{"count":3}' });
  });

  it('refuses another body under the key, answered or not', async () => {
    const identity = fresh();
    const call = await begun(identity);
    const other = { ...identity, requestHash: 'other' };
    await expect(sut.begin(other)).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    await sut.keep(call, '');
    await expect(sut.begin(other)).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    expect(await sut.begin(identity)).toEqual({ answer: '' });
  });

  it('lets a call that failed be done again', async () => {
    const identity = fresh();
    await sut.forget(await begun(identity));
    await begun(identity);
  });

  it('lets one other do what a dead process has begun, and takes no word of it any more', async () => {
    const identity = fresh();
    await begun(identity);
    await age(identity.id);
    const dead = { id: identity.id, begunAt: new Date(0) };
    const successors = (await Promise.allSettled(Array.from({ length: 5 }, () => begun(identity)))).filter(
      ({ status }) => status === 'fulfilled',
    );
    expect(successors).toHaveLength(1);
    await sut.keep(dead, 'late');
    await sut.forget(dead);
    await expect(sut.begin(identity)).rejects.toMatchObject({ code: 'call_under_way' });
  });

  it('has the database forget them after a day', async () => {
    expect(await pool.connection.collection('idempotent_answers').indexes()).toContainEqual(
      expect.objectContaining({ key: { createdAt: 1 }, expireAfterSeconds: 86_400 }),
    );
  });
});

restsContract('answers', {
  'a call under an Idempotency-Key': async (pool) => {
    const answers = answersOn(pool);
    const identity = { id: randomUUID(), requestHash: 'h' };
    await answers.begin(identity);
    return {
      restMs: 60_000,
      take: () =>
        answers.begin(identity).then(
          () => true,
          () => false,
        ),
    };
  },
});
