/**
 * Schemes that authenticate a connection instead of a request, or need several requests of one connection. The next
 * request on such a connection has the rights of the user who signed in on it (RFC 4559 section 6).
 */
const BOUND_SCHEME = /(?:^|,)[\t ]*(?:ntlm|negotiate|kerberos|nego2|credssp)(?![!#$%&'*+\-.^_`|~0-9a-z])/i;

/** Fields that contain such a scheme, by the lengths of their names. */
const SCHEME_FIELDS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'www-authenticate',
  'proxy-authenticate',
]);
const SCHEME_FIELD_LENGTHS: ReadonlySet<number> = new Set([...SCHEME_FIELDS].map(({ length }) => length));
/** Sent on a connection that is already authenticated. */
const PERSISTENT_AUTH = 'persistent-auth';

/**
 * Whether a field of a request or an answer binds its connection to one user. Such a connection may carry no request of
 * another user.
 */
export function bindsConnection(name: string, value: string): boolean {
  if (SCHEME_FIELD_LENGTHS.has(name.length)) return SCHEME_FIELDS.has(name.toLowerCase()) && BOUND_SCHEME.test(value);
  return name.length === PERSISTENT_AUTH.length && name.toLowerCase() === PERSISTENT_AUTH && !/^false$/i.test(value);
}
