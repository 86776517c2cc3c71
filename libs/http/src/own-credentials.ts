/** Keys of this house begin so; another bearer token is the application's own. RFC 9110 section 11.1: schemes ignore case. */
const OWN_BEARER = /^bearer +slip_/i;
const OWN_FIELDS = 'x-slipstream-';

/** Whether a field is meant for Slipstream alone: its keys and `X-Slipstream-*` never travel upstream. `name` in lower case. */
export const isOwnCredential = (name: string, value: string): boolean =>
  name.startsWith(OWN_FIELDS) || (name === 'authorization' && OWN_BEARER.test(value.trim()));
