import { Controller, Get } from '@nestjs/common';
import { auditEntry, type AuditEntry } from '@slipstream/contracts';
import { z } from 'zod';
import { ApiResponse, ApiTags } from '../openapi/decorators.js';
import { AuditLog } from './audit-log.js';

/** Lists the changes of admins. */
@ApiTags('audit')
@Controller('admin/audit')
export class AuditController {
  constructor(private readonly audit: AuditLog) {}

  /** The last 1,000 changes that this gateway was sent since its processes started, latest first. */
  @Get()
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(auditEntry) }) })
  async list(): Promise<{ items: AuditEntry[] }> {
    return { items: await this.audit.list() };
  }
}
