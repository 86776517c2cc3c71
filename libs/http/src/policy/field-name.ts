/**
 * A field's name as the least careful server reads it. CGI, WSGI and PHP turn every character that is no letter and no
 * digit
 * into an underscore (RFC 3875 section 4.1.18), so `X_Forwarded-Host` and `X-Forwarded-Host` are one variable there.
 */
export const canonicalName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '-');
