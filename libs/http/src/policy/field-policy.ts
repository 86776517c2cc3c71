import { KINDS, type FieldKind, type KindPolicy } from './field-kind.js';
import { canonicalName } from './field-name.js';
import { FIELD_TABLE, NAME_PATTERNS, PROXY_WORDS, type FieldRow } from './field-table.js';

/** The policy for one field, in any spelling. */
export interface FieldPolicy extends KindPolicy {
  /** In lower case, otherwise in the given spelling. */
  readonly name: string;
  readonly kind: FieldKind;
  /** Whether a row of the table lists it; otherwise its name decides. */
  readonly isListed: boolean;
  /** Whether the field, by its name, shows that the request came through a proxy. */
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

/** By names as they were written: the same few arrive with every request. */
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
 * A listed field in another spelling has no trusted source. A server that reads it as the listed one would accept it
 * from the client, past the proxy that overwrote the usual spelling.
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

/** Whether a field is forwarded to a backend, as far as its name decides. */
export const travels = (policy: FieldPolicy, isTrusted: boolean): boolean =>
  policy.travels === 'always' || (isTrusted && policy.travels === 'from-trusted-peers');
