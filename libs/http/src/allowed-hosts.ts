import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { InvalidInputError, type SlipstreamError } from '@slipstream/contracts';

export interface AllowedHostsOptions {
  /** Names, without ports; `*.example.org` stands for every name below. */
  names: readonly string[];
  /**
   * Also allows names that no public page can have as its own: addresses, names without a dot, the name of this
   * machine, and names below those that only private networks resolve.
   */
  isPrivate?: boolean;
}

/** Suffixes without public names. */
const PRIVATE_SUFFIXES = ['.localhost', '.internal', '.svc', '.svc.cluster.local'];

/**
 * Host names that a listener accepts. With DNS rebinding, a page points its own name at the address of this listener
 * after it was loaded. Its requests then count as same-origin, so the browser lets the page read the answers. But they
 * still carry the page's name as Host.
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
   * @returns the reason for a 421 answer (RFC 9110 section 15.5.20); undefined if the host is allowed, or absent, which
   *   no browser sends
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

/** The host without port, brackets and the trailing dot of a fully qualified name. */
const nameOf = (host: string): string =>
  host
    .toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
