import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { InvalidInputError, type SlipstreamError } from '@slipstream/contracts';

export interface AllowedHostsOptions {
  /** Names, without ports; `*.example.org` stands for every name below. */
  names: readonly string[];
  /**
   * Also allows what no page of the Internet can have for its own name: addresses, names without a dot, the name of
   * this machine, and names below those that only private networks resolve.
   */
  isPrivate?: boolean;
}

/** Below these there are no public names. */
const PRIVATE_SUFFIXES = ['.localhost', '.internal', '.svc', '.svc.cluster.local'];

/**
 * Names that a listener is asked for. A page can give its own name the address of this listener once it is loaded (DNS
 * rebinding); its requests are then those of its origin, and a browser lets it read the answers. They still carry the
 * page's name as Host.
 */
export class AllowedHosts {
  private readonly names: ReadonlySet<string>;
  private readonly suffixes: readonly string[];
  private readonly isPrivate: boolean;

  constructor({ names, isPrivate = false }: AllowedHostsOptions) {
    const lower = names.map((name) => name.toLowerCase());
    this.names = new Set([
      ...lower.filter((name) => !name.startsWith('*.')),
      ...(isPrivate ? [hostname().toLowerCase()] : []),
    ]);
    this.suffixes = [
      ...lower.filter((name) => name.startsWith('*.')).map((name) => name.slice(1)),
      ...(isPrivate ? PRIVATE_SUFFIXES : []),
    ];
    this.isPrivate = isPrivate;
  }

  /**
   * @returns why a request must be answered with 421 (RFC 9110 section 15.5.20); undefined when it need not, as without
   * a Host, which no browser leaves out
   */
  violation({ headers: { host } }: IncomingMessage): SlipstreamError | undefined {
    if (host === undefined || this.allows(host)) return undefined;
    return new InvalidInputError('host_not_allowed');
  }

  private allows(host: string): boolean {
    const name = nameOf(host);
    if (this.names.has(name) || this.suffixes.some((suffix) => name.endsWith(suffix))) return true;
    return this.isPrivate && (isIP(name) !== 0 || !name.includes('.'));
  }
}

/** Without port, brackets and the dot of a fully qualified name. */
const nameOf = (host: string): string =>
  host
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
