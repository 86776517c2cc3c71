import { z } from 'zod';

/** Settings of TLS to the backends of a pool. */
export const upstreamTlsSchema = z.strictObject({
  caFile: z
    .string()
    .min(1, 'must be the path of a PEM file')
    .max(4096)
    .optional()
    .describe(
      'PEM file of the certificate authorities for https backends, read at the start. Default: the authorities ' +
        'of Node and of NODE_EXTRA_CA_CERTS.',
    ),
  serverName: z
    .string()
    .regex(/^[\w.-]{1,255}$/, 'must be a name, without scheme and port')
    .optional()
    .describe("Host name that the backends' certificates must match. Default: the host of the backend's URL."),
});
