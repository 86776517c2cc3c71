import { createSecureContext, type SecureContext } from 'node:tls';
import type { Backend } from '@slipstream/balancer';

/** Trust in https backends. */
export interface BackendTlsOptions {
  /** PEM of the trusted authorities, in place of Node's. */
  ca?: string;
  /** Name in their certificates. Default: the name in the backend's URL. */
  serverName?: string;
}

/** TLS options of a connection to a backend. */
export interface BackendTls {
  servername?: string;
  secureContext?: SecureContext;
}

/** @returns the TLS options for each backend; the authorities are parsed once for all */
export function backendTls({ ca, serverName }: BackendTlsOptions = {}): (
  backend: Pick<Backend, 'serverName'>,
) => BackendTls {
  const secureContext = ca === undefined ? undefined : createSecureContext({ ca });
  return (backend) => {
    const servername = serverName ?? backend.serverName;
    return { ...(servername !== undefined && { servername }), ...(secureContext && { secureContext }) };
  };
}
