import { KINDS, type FieldKind, type KindPolicy } from './field-kind.js';
import { canonicalName } from './field-name.js';
import { FIELD_TABLE, NAME_PATTERNS, PROXY_WORDS, type FieldRow } from './field-table.js';

/** What the policy says of one field, however it is spelled. */
export interface FieldPolicy extends KindPolicy {
  /** In lower case, as it was spelled otherwise. */
  readonly name: string;
  readonly kind: FieldKind;
  /** Whether a row of the table has it; else it is judged by its name. */
  readonly isListed: boolean;
  /** Whether it has come through a proxy, by its name. */
  readonly isSetByProxies: boolean;
}

const EXACT = new Map<string, FieldRow>();
const PREFIXES: (readonly [prefix: string, row: FieldRow])[] = [];
for (const row of FIELD_TABLE) {
  for (const name of row.names.trim().split(/\s+/)) {
    if (name.endsWith('*')) PREFIXES.push([name.slice(0, -1), row]);
    else if (!EXACT.has(name)) EXACT.set(name, row);
  }
}

/** By names as they were written: the same few come with every request. */
const known = new Map<string, FieldPolicy>();
const MAX_KNOWN = 1000;
const MAX_KNOWN_LENGTH = 100;

/** The policy for a field, by its name as it was sent. */
export function fieldPolicy(name: string): FieldPolicy {
  let policy = known.get(name);
  if (policy === undefined) {
    policy = policyOf(name);
    if (known.size < MAX_KNOWN && name.length <= MAX_KNOWN_LENGTH) known.set(name, policy);
  }
  return policy;
}

/**
 * A listed field in another spelling is nobody's: a server that reads it as the listed one has it from who sent this,
 * past the proxy that overwrote the usual spelling.
 */
function policyOf(written: string): FieldPolicy {
  const name = written.toLowerCase();
  const canonical = canonicalName(name);
  const row = rowOf(canonical);
  const kind = row?.kind ?? NAME_PATTERNS.find(([, pattern]) => pattern.test(canonical))?.[0] ?? 'unknown';
  const isSetByProxies = row
    ? row.isSetByProxies === true
    : kind === 'address' || kind === 'override' || PROXY_WORDS.test(canonical);
  const isDisguised = row !== undefined && row.hasUnderscores !== true && canonical !== name;
  return {
    name,
    kind,
    isListed: row !== undefined,
    isSetByProxies,
    ...KINDS[kind],
    ...(isDisguised && { travels: 'never' }),
  };
}

function rowOf(canonical: string): FieldRow | undefined {
  const exact = EXACT.get(canonical);
  if (exact) return exact;
  return PREFIXES.find(([prefix]) => canonical.startsWith(prefix))?.[1];
}

/** Whether a field goes on to a backend, as far as its name decides. */
export const travels = (policy: FieldPolicy, isTrusted: boolean): boolean =>
  policy.travels === 'always' || (isTrusted && policy.travels === 'from-trusted-peers');
