/** Sends DNS queries. */
export interface Resolver {
  /** @returns every address of a name, IPv4 and IPv6. @throws if there is none, or DNS does not answer */
  addresses(name: string): Promise<readonly string[]>;
  /** @returns the SRV records of a name (RFC 2782). @throws if there is none, or DNS does not answer */
  services(name: string): Promise<readonly ServiceRecord[]>;
}

/** An SRV record. */
export interface ServiceRecord {
  name: string;
  port: number;
  /** 0 is used first. */
  priority: number;
  /** 0 to 65535; 0 is the lowest. */
  weight: number;
}
