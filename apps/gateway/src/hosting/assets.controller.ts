import { Body, Controller, Delete, Get, HttpCode, HttpStatus, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { AccessError } from '@slipstream/access';
import {
  assetId,
  assetQuery,
  hostedAsset,
  pageOf,
  pageQuery,
  signUrl,
  signedUrl,
  type AssetQuery,
  type HostedAssetView,
  type Page,
  type PageQuery,
  type Principal,
  type SignUrl,
  type SignedUrlView,
} from '@slipstream/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller } from '../native/caller.js';
import { sentFile } from '../native/documents/upload-body.js';
import { ApiConsumes, ApiResponse, ApiTags } from '../openapi/decorators.js';
import type { HostedAsset } from './hosted-asset.store.js';
import { HostedAssets, hostedPath } from './hosted-assets.js';
import { AssetUrls } from './asset-urls.js';

/** Files that the gateway hosts at URLs with the hash of their content. */
@ApiTags('assets')
@Controller('assets')
export class AssetsController {
  constructor(
    private readonly assets: HostedAssets,
    private readonly urls: AssetUrls,
  ) {}

  /**
   * Stores the file in the body, or the one of a multipart body. Its URL never changes its content, so it may be
   * cached for ever. 201: stored; 200: it was there already. Requires a key of role admin.
   */
  @Put()
  @ApiConsumes('application/octet-stream', 'multipart/form-data')
  @ApiResponse({ status: 201, standardSchema: hostedAsset })
  @ApiResponse({ status: 200, standardSchema: hostedAsset })
  async put(
    @Caller() caller: Principal,
    @Query({ schema: assetQuery }) { name }: AssetQuery,
    @Req() { raw }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<HostedAssetView> {
    requireAdmin(caller);
    const { asset, isNew } = await this.assets.put(name, (await sentFile(raw, name)).content);
    reply.status(isNew ? HttpStatus.CREATED : HttpStatus.OK);
    return this.view(asset);
  }

  /** Newest first. Requires a key of role admin. */
  @Get()
  @ApiResponse({ status: 200, standardSchema: pageOf(hostedAsset) })
  async list(
    @Caller() caller: Principal,
    @Query({ schema: pageQuery }) query: PageQuery,
  ): Promise<Page<HostedAssetView>> {
    requireAdmin(caller);
    const page = await this.assets.list(query);
    return { ...page, items: page.items.map((asset) => this.view(asset)) };
  }

  /**
   * Signs a path of `web.cdn.signing.paths`, so that the holder of the URL can read it until a time. Requires a key of
   * role admin or service.
   */
  @Post('signed-urls')
  @ApiResponse({ status: 201, standardSchema: signedUrl })
  sign(@Caller() caller: Principal, @Body({ schema: signUrl }) body: SignUrl): SignedUrlView {
    if (caller.role === 'user') throw new AccessError('service_required');
    return this.urls.sign(body.path, body.expiresInSeconds);
  }

  /** Copies in browsers and in a CDN may remain; the CDN is purged. Requires a key of role admin. */
  @Delete(':id')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiResponse({ status: 204 })
  async remove(@Caller() caller: Principal, @Param('id', { schema: assetId }) id: string): Promise<void> {
    requireAdmin(caller);
    await this.assets.remove(id);
  }

  private view({ _id, type, bytes, digest, createdAt }: HostedAsset): HostedAssetView {
    const url = this.urls.of(hostedPath(_id));
    return { id: _id, url, type, bytes, sha256: digest, createdAt: createdAt.toISOString() };
  }
}

function requireAdmin({ role }: Principal): void {
  if (role !== 'admin') throw new AccessError('admin_required');
}
