import { formIn } from '../policy/answer-forms.js';
import { acceptEncodingIn } from '../policy/cache-key.js';
import type { StoredResponse } from '../policy/stored-response.js';
import type { AnswerImprover } from './answer-improver.port.js';
import type { CacheRecord } from './cache-record.js';

/** Replaces public stored answers by smaller ones. */
export class ImprovedAnswers {
  /**
   * @param current returns the record that is stored now with this key
   * @param replace stores a record in place of the current one
   */
  constructor(
    private readonly improver: AnswerImprover,
    private readonly current: (key: string) => CacheRecord | undefined,
  ) {}

  /** @param replace stores the smaller record. Not called if the answer was purged, evicted or renewed meanwhile */
  improve(record: CacheRecord, replace: (better: CacheRecord) => void): void {
    const { key, primary, url, value } = record;
    if (value.type !== 'response' || primary !== url) return; // another partition is not shared by all clients
    const clients = { acceptEncoding: acceptEncodingIn(key, primary), form: formIn(key, primary) };
    if (!clients.acceptEncoding && !clients.form) return;
    const improving = this.improver.improve(value.response, url, clients);
    if (!improving) return;
    void improving.then((response) => {
      const now = this.current(key)?.value;
      if (response && now?.type === 'response' && isSame(now.response, value.response))
        replace({ ...record, value: { type: 'response', response } });
    });
  }
}

/** Whether it is unchanged: no renewal, and no soft purge. */
const isSame = (one: StoredResponse, other: StoredResponse): boolean =>
  one.answeredAt === other.answeredAt && one.freshUntil === other.freshUntil && one.body.length === other.body.length;
