/** The use of a fetched file. */
export type Destination = 'script' | 'style' | 'image';

/** The directives that decide, the first that is there. */
const DIRECTIVES: Readonly<Record<Destination, readonly string[]>> = {
  script: ['script-src-elem', 'script-src', 'default-src'],
  style: ['style-src-elem', 'style-src', 'default-src'],
  image: ['img-src', 'default-src'],
};

type Policy = ReadonlyMap<string, readonly string[]>;

/**
 * The content security policies of a page (CSP Level 3), as far as they decide about one other origin. A source
 * that it can't read allows nothing.
 */
export class CspSources {
  private readonly policies: Policy[] = [];

  /** @param base URL below which files would be fetched */
  constructor(private readonly base: URL) {}

  /** @param value of a Content-Security-Policy field, which may have several policies, or of a meta element */
  add(value: string): void {
    for (const policy of value.split(',')) this.policies.push(parsed(policy));
  }

  allows(destination: Destination): boolean {
    return this.policies.every((policy) => {
      const name = DIRECTIVES[destination].find((each) => policy.has(each));
      return name === undefined || this.isListed(policy.get(name) as readonly string[]);
    });
  }

  private isListed(sources: readonly string[]): boolean {
    if (sources.includes("'strict-dynamic'")) return false; // it makes browsers ignore hosts
    return sources.some((source) => matches(source, this.base));
  }
}

function parsed(policy: string): Policy {
  const directives = new Map<string, readonly string[]>();
  for (const directive of policy.split(';')) {
    const [name = '', ...sources] = directive.trim().toLowerCase().split(/\s+/);
    if (name !== '' && !directives.has(name)) directives.set(name, sources);
  }
  return directives;
}

const HOST_SOURCE = /^(?:(https?):\/\/)?(\*|(?:\*\.)?[a-z0-9.-]+)(?::(\d+|\*))?(\/[^?#]*)?$/;

function matches(source: string, { protocol, hostname, port, pathname }: URL): boolean {
  if (source === '*' || source === protocol) return true;
  const [, scheme, host = '', givenPort, path] = HOST_SOURCE.exec(source) ?? [];
  if (host === '') return false;
  if (scheme !== undefined && `${scheme}:` !== protocol && !(scheme === 'http' && protocol === 'https:')) return false;
  const isHost = host === '*' || host === hostname || (host.startsWith('*.') && hostname.endsWith(host.slice(1)));
  const isPort = givenPort === '*' || (givenPort ?? '') === port;
  // A path without a slash at its end means that file only.
  const isPath = path === undefined || path === '/' || (path.endsWith('/') && pathname.toLowerCase().startsWith(path));
  return isHost && isPort && isPath;
}
