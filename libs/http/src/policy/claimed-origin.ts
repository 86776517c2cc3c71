import { endToEndRule, type RawHeaders } from '../end-to-end-headers.js';
import type { Peer } from '../peers.js';
import { fieldPolicy, travels } from './field-policy.js';
import { parseForwarded } from './forwarded.js';

/** The URL by which a client reached the application, according to a trusted peer. */
export interface ClaimedOrigin {
  readonly scheme: 'http' | 'https';
  /**
   * False if claims contradict each other or Host, or contain an invalid scheme. The requested URL is not clear then.
   */
  readonly isClear: boolean;
  /** All claims that scheme and Host do not express, as one text; empty if there are none. */
  readonly rest: string;
}

const SCHEMES: Readonly<Record<string, 'http' | 'https'>> = {
  http: 'http',
  ws: 'http',
  off: 'http',
  false: 'http',
  0: 'http',
  https: 'https',
  wss: 'https',
  on: 'https',
  true: 'https',
  1: 'https',
  yes: 'https',
};

/** Fields whose value is a scheme, or states whether the scheme is HTTPS. */
const SCHEME_FIELDS: ReadonlySet<string> = new Set(
  `x-forwarded-proto x-forwarded-protocol x-forwarded-scheme x-forwarded-ssl x-forwarded-https x-scheme x-url-scheme
   front-end-https x-front-end-https x-appservice-proto cloudfront-forwarded-proto x-original-proto x-original-scheme
   x-real-proto`.split(/\s+/),
);
const HOST_FIELDS: ReadonlySet<string> = new Set([
  'x-forwarded-host',
  'x-forwarded-hostname',
  'x-host',
  'x-real-host',
  'x-original-host',
]);

/**
 * Every backend gets these fields; they are added here if no peer claims them. A claim that agrees with the URL adds
 * nothing.
 */
const SENT_TO_ALL: ReadonlySet<string> = new Set(['x-forwarded-proto', 'x-forwarded-host', 'forwarded']);

/**
 * Reads the origin from the fields of a request. Only the claims of a trusted peer count. The rest is taken from the
 * connection.
 */
export function claimedOrigin(
  rawHeaders: RawHeaders,
  host: string | undefined,
  { isTrusted, isEncrypted }: Pick<Peer, 'isTrusted' | 'isEncrypted'>,
): ClaimedOrigin {
  const own = isEncrypted ? 'https' : 'http';
  if (!isTrusted) return { scheme: own, isClear: true, rest: '' };
  const claims = new Claims(host ?? '');
  const isEndToEnd = endToEndRule(rawHeaders);
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const policy = fieldPolicy(rawHeaders[i] as string);
    if (policy.sharing === 'keyed' && travels(policy, isTrusted) && isEndToEnd(policy.name))
      claims.add(policy.name, (rawHeaders[i + 1] as string).trim());
  }
  return claims.conclude(own);
}

class Claims {
  private readonly schemes = new Set<'http' | 'https' | undefined>();
  private isOneHost = true;
  private rest = '';

  constructor(private readonly host: string) {}

  add(name: string, value: string): void {
    if (value === '') return;
    if (name === 'forwarded') this.addForwarded(value);
    else if (name === 'x-arr-ssl') this.schemes.add('https');
    else if (name === 'cf-visitor') this.schemes.add(SCHEMES[/"scheme"\s*:\s*"(\w+)"/.exec(value)?.[1] ?? '']);
    else if (SCHEME_FIELDS.has(name))
      for (const each of value.split(',')) this.schemes.add(SCHEMES[each.trim().toLowerCase()]);
    else if (HOST_FIELDS.has(name)) this.isOneHost &&= value.toLowerCase() === this.host.toLowerCase();
    if (!SENT_TO_ALL.has(name)) this.keep(name, value);
  }

  /** In Forwarded, only hosts and schemes distinguish answers. `by` and `for` are addresses. */
  private addForwarded(value: string): void {
    const elements = parseForwarded(value);
    if (elements === undefined) return void this.schemes.add(undefined);
    for (const element of elements) {
      for (const [name, text] of element) {
        if (name === 'proto') this.schemes.add(SCHEMES[text.toLowerCase()]);
        else if (name === 'host') this.isOneHost &&= text.toLowerCase() === this.host.toLowerCase();
        else if (name !== 'for' && name !== 'by') this.keep(`forwarded ${name}`, text);
      }
    }
  }

  private keep(name: string, value: string): void {
    this.rest += `${name}:${value}\n`;
  }

  conclude(own: 'http' | 'https'): ClaimedOrigin {
    const [first] = this.schemes;
    const scheme = first ?? own;
    const isClear = this.isOneHost && this.schemes.size <= 1 && !this.schemes.has(undefined);
    return { scheme, isClear, rest: this.rest };
  }
}
