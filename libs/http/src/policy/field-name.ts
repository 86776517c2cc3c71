/**
 * A field's name as the most lenient server reads it. CGI, WSGI and PHP turn every character other than letters and
 * digits into an underscore (RFC 3875 section 4.1.18). So `X_Forwarded-Host` and `X-Forwarded-Host` are one variable
 * there.
 */
export const canonicalName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '-');

/**
 * Whether two names have the same {@link canonicalName}. Allocates nothing, because a cache hit compares each field of
 * its request.
 */
export function isSameField(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (folded(one.charCodeAt(i)) !== folded(other.charCodeAt(i))) return false;
  return true;
}

/** A letter in lower case, a digit unchanged, a hyphen for everything else. */
function folded(code: number): number {
  if (code >= 0x41 && code <= 0x5a) return code + 0x20;
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) ? code : 0x2d;
}
