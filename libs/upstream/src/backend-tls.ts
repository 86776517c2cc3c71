import { createSecureContext, type SecureContext } from 'node:tls';
import type { Backend } from '@slipstream/balancer';

/** How https backends are trusted. */
export interface BackendTlsOptions {
  /** PEM of the authorities that are trusted in place of Node's. */
  ca?: string;
  /** Name that their certificates are made for. Default: the name in the backend's URL. */
  serverName?: string;
}

/** What a connection to a backend is made with. */
export interface BackendTls {
  servername?: string;
  secureContext?: SecureContext;
}

/** @returns what a connection to each backend is made with; the authorities are read once for all */
export function backendTls({ ca, serverName }: BackendTlsOptions = {}): (
  backend: Pick<Backend, 'serverName'>,
) => BackendTls {
  const secureContext = ca === undefined ? undefined : createSecureContext({ ca });
  return (backend) => {
    const servername = serverName ?? backend.serverName;
    return { ...(servername !== undefined && { servername }), ...(secureContext && { secureContext }) };
  };
}
