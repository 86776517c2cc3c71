import { z } from 'zod';

/** How the https backends of a pool are trusted. */
export const upstreamTlsSchema = z.strictObject({
  caFile: z
    .string()
    .min(1, 'must be the path of a PEM file')
    .max(4096)
    .optional()
    .describe(
      "PEM file of the authorities that are trusted for https backends, read at the start. Default: Node's own, and those of NODE_EXTRA_CA_CERTS.",
    ),
  serverName: z
    .string()
    .regex(/^[\w.-]{1,255}$/, 'must be a name, without scheme and port')
    .optional()
    .describe("Name that the backends' certificates are made for. Default: the name in the backend's URL."),
});
