import { createHash, randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Failure, runMain } from './failure.mjs';

const ROLES = ['admin', 'service', 'user'];
const USAGE = 'npm run key -- --role admin|service|user [--user ID] [--id NAME]';

/** npm run key: prints a new API key, once, and the entry for `keys:` in slipstream.yaml, which holds only its hash. */
async function main() {
  const { role, user, id } = readOptions();
  const key = `slip_${randomBytes(32).toString('base64url')}`;
  const hash = `sha256:${createHash('sha256').update(key).digest('hex')}`;
  const fields = Object.entries({ id, role, user, hash }).filter(([, value]) => value !== undefined);
  console.log(
    `Key (shown only now, keep it safe):\n  ${key}\n\nFor slipstream.yaml:\nkeys:\n  - {${fields.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ')}}`,
  );
}

function readOptions() {
  const { role, user, id = `${role}-${randomBytes(3).toString('hex')}` } = parseOptions();
  if (!ROLES.includes(role)) throw new Failure(`--role must be one of ${ROLES.join(', ')}. Usage: ${USAGE}`);
  if ((role === 'user') !== (user !== undefined))
    throw new Failure(`--user ID is required with --role user, and refused with every other role. Usage: ${USAGE}`);
  return { role, user, id };
}

function parseOptions() {
  try {
    return parseArgs({ options: { role: { type: 'string' }, user: { type: 'string' }, id: { type: 'string' } } })
      .values;
  } catch (error) {
    throw new Failure(`${error.message}\nUsage: ${USAGE}`);
  }
}

await runMain(main);
