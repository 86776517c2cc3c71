import type { RawHeaders } from '@slipstream/http';

/**
 * Fields that servers are known to take a path, a method or a host from, past the ones that answers are kept by. Who sends one gets his
 * own answer, and nobody else gets it (unkeyed inputs; "Practical Web Cache Poisoning", James Kettle 2018).
 */
const UNKEYED: ReadonlySet<string> = new Set([
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-original-url',
  'x-rewrite-url',
  'x-original-uri',
  'x-host',
  'x-original-host',
  'x-forwarded-prefix',
  'x-forwarded-path',
  'x-forwarded-uri',
  'x-script-name',
]);

export function hasUnkeyedInput(rawHeaders: RawHeaders): boolean {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if ((name.charCodeAt(0) | 0x20) === 0x78 && name.length >= 6 && UNKEYED.has(name.toLowerCase())) return true; // x
  }
  return false;
}
