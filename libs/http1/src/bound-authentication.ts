/**
 * Schemes that authenticate a connection instead of a request, or over several requests of one: whoever sends the next
 * request on it has the rights of whoever signed in (RFC 4559 section 6).
 */
const BOUND_SCHEME = /(?:^|,)[\t ]*(?:ntlm|negotiate|kerberos|nego2|credssp)(?![!#$%&'*+\-.^_`|~0-9a-z])/i;

/** Fields that name such a scheme, by the lengths of their names. */
const SCHEME_FIELDS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'www-authenticate',
  'proxy-authenticate',
]);
const SCHEME_FIELD_LENGTHS: ReadonlySet<number> = new Set([...SCHEME_FIELDS].map(({ length }) => length));
/** Said of a connection that is authenticated already. */
const PERSISTENT_AUTH = 'persistent-auth';

/**
 * Whether a field of a request or an answer ties its connection to one user: the connection may carry no other's
 * requests.
 */
export function bindsConnection(name: string, value: string): boolean {
  if (SCHEME_FIELD_LENGTHS.has(name.length)) return SCHEME_FIELDS.has(name.toLowerCase()) && BOUND_SCHEME.test(value);
  return name.length === PERSISTENT_AUTH.length && name.toLowerCase() === PERSISTENT_AUTH && !/^false$/i.test(value);
}
