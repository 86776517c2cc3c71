import { SlipstreamError, messageOf } from '@slipstream/contracts';

/**
 * No connection to a backend could be made, because this machine is out of what it takes (see `isLocalExhaustion`): no backend
 * is at fault.
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
