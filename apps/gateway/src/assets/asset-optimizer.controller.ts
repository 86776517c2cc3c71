import { Controller, Get } from '@nestjs/common';
import { assetView, type AssetView } from '@slipstream/contracts';
import { ApiResponse, ApiTags } from '../openapi/decorators.js';
import { AssetDirectory } from './asset-directory.js';

/** The asset path, for operators. */
@ApiTags('assets')
@Controller('admin/assets')
export class AssetOptimizerController {
  constructor(private readonly directory: AssetDirectory) {}

  /** Assets that were made smaller, the folder that keeps them, and the dictionaries of releases. */
  @Get()
  @ApiResponse({ status: 200, standardSchema: assetView })
  view(): Promise<AssetView> {
    return this.directory.view();
  }
}
