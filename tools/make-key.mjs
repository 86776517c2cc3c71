import { createHash, randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Failure, runMain } from './failure.mjs';

const ROLES = ['admin', 'service', 'person'];
const USAGE = 'npm run key -- --role admin|service|person [--person ID] [--id NAME]';

/** npm run key: prints a new API key, once, and the entry for `keys:` in slipstream.yaml, which holds only its hash. */
async function main() {
  const { role, person, id } = readOptions();
  const key = `slip_${randomBytes(32).toString('base64url')}`;
  const hash = `sha256:${createHash('sha256').update(key).digest('hex')}`;
  const fields = Object.entries({ id, role, person, hash }).filter(([, value]) => value !== undefined);
  console.log(
    `Key (shown only now, keep it safe):\n  ${key}\n\nFor slipstream.yaml:\nkeys:\n  - {${fields.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ')}}`,
  );
}

function readOptions() {
  const { role, person, id = `${role}-${randomBytes(3).toString('hex')}` } = parseOptions();
  if (!ROLES.includes(role)) throw new Failure(`--role must be one of ${ROLES.join(', ')}. Usage: ${USAGE}`);
  if ((role === 'person') !== (person !== undefined))
    throw new Failure(`--person ID belongs to --role person, and only to it. Usage: ${USAGE}`);
  return { role, person, id };
}

function parseOptions() {
  try {
    return parseArgs({ options: { role: { type: 'string' }, person: { type: 'string' }, id: { type: 'string' } } })
      .values;
  } catch (error) {
    throw new Failure(`${error.message}\nUsage: ${USAGE}`);
  }
}

await runMain(main);
