import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { z } from 'zod';
import {
  addBackend,
  backendId,
  backendView,
  changeBackend,
  NotFoundError,
  type AddBackend,
  type BackendView,
  type ChangeBackend,
} from '@slipstream/contracts';
import { ApiResponse, ApiTags } from '../openapi/decorators.js';
import { GatewayBackends } from './gateway-backends.js';
import { PoolDirectory } from './pool-directory.js';

/** The backends of every pool, as all processes of this gateway report them. */
@ApiTags('backends')
@Controller('admin/backends')
export class BackendsController {
  constructor(
    private readonly pools: PoolDirectory,
    private readonly backends: GatewayBackends,
  ) {}

  @Get()
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(backendView) }) })
  async list(): Promise<{ items: BackendView[] }> {
    return { items: await this.backends.list() };
  }

  /** Adds a backend to the web pool. Its first health check starts at once. */
  @Post()
  @ApiResponse({ status: 201, standardSchema: z.object({ id: backendId, url: z.string() }) })
  add(@Body({ schema: addBackend }) body: AddBackend): Promise<{ id: string; url: string }> {
    return this.pools.add(body);
  }

  /** Changes weight or priority, drains, or ends a drain. */
  @Patch(':id')
  @ApiResponse({ status: 200, standardSchema: backendView })
  async change(
    @Param('id', { schema: backendId }) id: string,
    @Body({ schema: changeBackend }) body: ChangeBackend,
  ): Promise<BackendView> {
    await this.pools.change(id, body);
    const view = (await this.backends.list()).find((backend) => backend.id === id);
    if (!view) throw new NotFoundError('backend', id);
    return view;
  }

  /** Removes a backend from the pool. Running requests continue; its WebSockets are closed over five seconds. */
  @Delete(':id')
  @HttpCode(204)
  remove(@Param('id', { schema: backendId }) id: string): Promise<void> {
    return this.pools.remove(id);
  }
}
