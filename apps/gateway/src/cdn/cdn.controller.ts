import { Controller, Get } from '@nestjs/common';
import { cdnView, type CdnView } from '@slipstream/contracts';
import { ApiResponse, ApiTags } from '../openapi/decorators.js';
import { CdnDirectory } from './cdn-directory.js';

/** The content delivery network in front, for operators. */
@ApiTags('cdn')
@Controller('admin/cdn')
export class CdnController {
  constructor(private readonly directory: CdnDirectory) {}

  /** Purges that wait for the network, and the result of the calls. */
  @Get()
  @ApiResponse({ status: 200, standardSchema: cdnView })
  view(): Promise<CdnView> {
    return this.directory.view();
  }
}
