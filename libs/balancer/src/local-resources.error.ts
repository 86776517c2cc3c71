import { SlipstreamError, messageOf } from '@slipstream/contracts';

/**
 * No connection to a backend could be made, because this machine has run out of a resource (see `isLocalExhaustion`).
 * It does not count against the backend.
 */
export class LocalResourcesError extends SlipstreamError {
  constructor(backend: string, cause: unknown) {
    super(
      'local_resources_exhausted',
      'The gateway is out of file descriptors, ports or memory for connections; try again in a few seconds.',
      {
        cause,
        retryAfterSeconds: 2,
        context: {
          backend,
          reason: messageOf(cause),
          advice: 'raise the limit of open files (ulimit -n), widen net.ipv4.ip_local_port_range, or add gateways',
        },
      },
    );
  }
}
