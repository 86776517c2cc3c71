/** Real tokens are shorter. */
const MAX_LENGTH = 8 * 1024;
const TOKEN = /^[\w-]+\.([\w-]+)\.[\w-]*$/;
const ID = /^[\w.@-]{1,128}$/;

/**
 * Reads a claim of a JSON Web Token (RFC 7519) without verifying it. The claim may select records to drop, but must
 * never grant access.
 *
 * @returns undefined if it is not a token, or has no such claim that can be part of a tag
 */
export function unverifiedClaim(token: string, claim: string): string | undefined {
  if (token.length > MAX_LENGTH) return undefined;
  const [, payload] = TOKEN.exec(token) ?? [];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const id =
      typeof claims === 'object' && claims !== null && Object.hasOwn(claims, claim)
        ? (claims as Record<string, unknown>)[claim]
        : undefined;
    return typeof id === 'string' && ID.test(id) ? id : undefined;
  } catch {
    return undefined;
  }
}
