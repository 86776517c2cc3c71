/** A parsed Authorization field (RFC 9110 section 11.6.2). */
export interface Authorization {
  /** In lower case, because schemes are case-insensitive. */
  readonly scheme: string;
  /** Everything after the scheme; may be empty. */
  readonly credentials: string;
}

/**
 * auth-scheme [ 1*SP credentials ]. Only spaces separate the two: a tab is no separator, and makes the field malformed.
 */
const AUTHORIZATION = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?: +([^ \t].*))?$/;

/** Parses Authorization; all code uses this function. @returns undefined if the field is absent or malformed */
export function parseAuthorization(value: string | undefined): Authorization | undefined {
  const [, scheme, credentials = ''] = AUTHORIZATION.exec(value?.trim() ?? '') ?? [];
  return scheme === undefined ? undefined : { scheme: scheme.toLowerCase(), credentials };
}

/** The token of `Authorization: Bearer <token>` (RFC 6750 section 2.1); undefined when it holds anything else. */
export function bearerToken(value: string | undefined): string | undefined {
  const { scheme, credentials = '' } = parseAuthorization(value) ?? {};
  return scheme === 'bearer' && /^\S+$/.test(credentials) ? credentials : undefined;
}
