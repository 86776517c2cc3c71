import { filterHeaders, type RawHeaders } from './end-to-end-headers.js';

/** Keys of this house begin so; another bearer token is the application's own. RFC 9110 section 11.1: schemes ignore case. */
const OWN_BEARER = /^bearer +slip_/i;
const OWN_FIELDS = 'x-slipstream-';

/** The fields without what was meant for Slipstream alone: its keys and `X-Slipstream-*` never travel upstream. */
export const stripOwnCredentials = (rawHeaders: RawHeaders): string[] =>
  filterHeaders(rawHeaders, (name, value) => !name.startsWith(OWN_FIELDS) && !(name === 'authorization' && OWN_BEARER.test(value.trim())));
