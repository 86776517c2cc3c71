import { createHash, randomBytes } from 'node:crypto';
import { Failure } from '../failure.mjs';
import { commandUsage } from './usage.mjs';

const ROLES = ['admin', 'service', 'user'];

/**
 * Prints a new API key, once, and the entry for `keys:` in slipstream.yaml, which holds only its hash.
 * @param {{options: {role?: string, user?: string, id?: string}}} command
 */
export function run({ options }) {
  const { role, user, id = `${role}-${randomBytes(3).toString('hex')}` } = options;
  if (!ROLES.includes(role)) throw misused(`--role must be one of ${ROLES.join(', ')}.`);
  if ((role === 'user') !== (user !== undefined))
    throw misused('--user ID is required with --role user, and refused with every other role.');
  const key = `slip_${randomBytes(32).toString('base64url')}`;
  const hash = `sha256:${createHash('sha256').update(key).digest('hex')}`;
  const fields = Object.entries({ id, role, user, hash }).filter(([, value]) => value !== undefined);
  console.log(
    `Key (shown only now, keep it safe):\n  ${key}\n\nFor slipstream.yaml:\nkeys:\n  - ` +
      `{${fields.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ')}}`,
  );
}

const misused = (text) => new Failure(`${text}\n\n${commandUsage('key')}`);
