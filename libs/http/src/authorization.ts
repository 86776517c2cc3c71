/** What Authorization says (RFC 9110 section 11.6.2). */
export interface Authorization {
  /** In lower case, for case means nothing in it. */
  readonly scheme: string;
  /** All that follows the scheme; empty when nothing does. */
  readonly credentials: string;
}

/**
 * auth-scheme [ 1*SP credentials ]. Only spaces separate the two: a tab is no separator, and makes the field malformed.
 */
const AUTHORIZATION = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?: +([^ \t].*))?$/;

/** The one reader of Authorization. @returns undefined when there is none, or it is malformed */
export function parseAuthorization(value: string | undefined): Authorization | undefined {
  const [, scheme, credentials = ''] = AUTHORIZATION.exec(value?.trim() ?? '') ?? [];
  return scheme === undefined ? undefined : { scheme: scheme.toLowerCase(), credentials };
}

/** The token of `Authorization: Bearer <token>` (RFC 6750 section 2.1); undefined when it holds anything else. */
export function bearerToken(value: string | undefined): string | undefined {
  const { scheme, credentials = '' } = parseAuthorization(value) ?? {};
  return scheme === 'bearer' && /^\S+$/.test(credentials) ? credentials : undefined;
}
