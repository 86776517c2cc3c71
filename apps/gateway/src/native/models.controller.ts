import { Controller, Get } from '@nestjs/common';
import { z } from 'zod';
import { model, type Model } from '@slipstream/contracts';
import { ModelPool } from '@slipstream/llm';
import { ApiResponse, ApiTags } from '../openapi/decorators.js';

@ApiTags('models')
@Controller('models')
export class ModelsController {
  constructor(private readonly pool: ModelPool) {}

  @Get()
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(model) }) })
  async list(): Promise<{ items: Model[] }> {
    return { items: await this.pool.models() };
  }
}
