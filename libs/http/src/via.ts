import { randomBytes } from 'node:crypto';

/** Name of this product in Via. */
const PRODUCT = 'slipstream';

/**
 * A pseudonym for Via (RFC 9110 section 7.6.3) that no other proxy has.
 * @param id equal in all processes that share their backends. Default: random for each call
 */
export const viaPseudonym = (id: string = randomBytes(6).toString('hex')): string => `${PRODUCT}-${id}`;

/** Whether a request has passed a proxy with this pseudonym. @param via the lines of Via, joined by commas */
export function hasPassed(via: string | undefined, pseudonym: string): boolean {
  if (via === undefined || !via.includes(pseudonym)) return false;
  return via.split(',').some((member) => member.trim().split(/\s+/, 2)[1] === pseudonym);
}
