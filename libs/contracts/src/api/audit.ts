import { z } from 'zod';

/** One change that an admin requested. */
export const auditEntry = z.object({
  at: z.iso.datetime().describe('When it was answered.'),
  key: z.string().describe('Id of the key; loopback where no keys are configured.'),
  client: z.string().describe('Address of the caller.'),
  method: z.string(),
  path: z.string().describe('Without its query.'),
  status: z.number().describe('Status of the answer. From 400, nothing was changed.'),
  requestId: z.string(),
  change: z.string().optional().describe('The first 500 characters of the body as JSON, without secrets.'),
});

export type AuditEntry = z.infer<typeof auditEntry>;
