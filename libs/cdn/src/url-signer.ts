import { createHmac, timingSafeEqual } from 'node:crypto';

/** Keys of {@link UrlSigner}. */
export interface UrlSignerOptions {
  /** Signs, and verifies. */
  key: string;
  /** Verifies only, so that URLs remain valid while keys are replaced. */
  formerKey?: string;
  /** In ms since the epoch. Default `Date.now`. */
  clock?: () => number;
}

/** Result of {@link UrlSigner.verify}. */
export type SignedUrl =
  | {
      readonly type: 'valid';
      /** Path and query as they were signed, without expiry and signature. */
      readonly target: string;
    }
  | { readonly type: 'expired' }
  /** Unsigned, changed, or signed with another key. */
  | { readonly type: 'invalid' };

const EXPIRES = 'slipstream-expires';
const SIGNATURE = 'slipstream-signature';
/** Bytes of HMAC-SHA256 in base64url. */
const SIGNED = new RegExp(`^(.+)[?&]${EXPIRES}=(\\d{1,12})&${SIGNATURE}=([\\w-]{43})$`, 's');
const INVALID: SignedUrl = { type: 'invalid' };

/** Signs paths so that they can be requested until a time, by any holder of the URL (HMAC-SHA256). */
export class UrlSigner {
  private readonly keys: readonly string[];
  private readonly clock: () => number;

  constructor({ key, formerKey, clock = Date.now }: UrlSignerOptions) {
    this.keys = formerKey === undefined ? [key] : [key, formerKey];
    this.clock = clock;
  }

  /**
   * @param target path and query. Expiry and signature are appended, so no parameter can be added afterwards
   * @param expiresAt in ms since the epoch; rounded up to a second
   */
  sign(target: string, expiresAt: number): string {
    const expires = Math.ceil(expiresAt / 1000);
    const text = `${target}${target.includes('?') ? '&' : '?'}${EXPIRES}=${expires}`;
    return `${text}&${SIGNATURE}=${signature(this.keys[0] as string, text).toString('base64url')}`;
  }

  /** @param signed path and query as a client sent them. The time that this takes does not depend on the signature */
  verify(signed: string): SignedUrl {
    const [, target, expires, given] = SIGNED.exec(signed) ?? [];
    if (target === undefined || given === undefined) return INVALID;
    const text = signed.slice(0, -`&${SIGNATURE}=${given}`.length);
    const bytes = Buffer.from(given, 'base64url');
    let isOurs = false;
    for (const key of this.keys) isOurs = timingSafeEqual(signature(key, text), bytes) || isOurs;
    if (!isOurs) return INVALID;
    return Number(expires) * 1000 > this.clock() ? { type: 'valid', target } : { type: 'expired' };
  }
}

const signature = (key: string, text: string): Buffer => createHmac('sha256', key).update(text).digest();
