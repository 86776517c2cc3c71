import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  InvalidInputError,
  documentAccepted,
  documentEventsUrl,
  documentResource,
  id,
  pageOf,
  pageQuery,
  searchDocuments,
  searchResult,
  type DocumentAccepted,
  type DocumentResource,
  type Page,
  type PageQuery,
  type Principal,
  type SearchDocuments,
  type SearchResult,
} from '@slipstream/contracts';
import { createIdentity } from '../../http/idempotency-key.js';
import type { RequestContext } from '@slipstream/http';
import { ApiConsumes, ApiProduces, ApiResponse, ApiTags } from '../../openapi/decorators.js';
import { Access } from '../access.js';
import { Caller, Context } from '../caller.js';
import { followedDocument } from '../followed-jobs.js';
import { JobEvents } from '../job-events.js';
import { replyWithJob } from '../reply-with-job.js';
import { lastEventIdOf } from '../streams/last-event-id.js';
import { Subscribers } from '../streams/subscribers.js';
import { DocumentAccess } from './document-access.js';
import { DocumentEnd } from './document-end.js';
import { DocumentSearchPort } from './document-search.port.js';
import { DocumentUploads } from './document-uploads.js';
import { sentFile } from './upload-body.js';
import { uploadQuery, type UploadQuery } from './upload-query.js';

@ApiTags('documents')
@Controller('documents')
export class DocumentsController {
  constructor(
    private readonly access: Access,
    private readonly documentAccess: DocumentAccess,
    private readonly uploads: DocumentUploads,
    private readonly removal: DocumentEnd,
    private readonly search: DocumentSearchPort,
    readonly subscribers: Subscribers,
    readonly events: JobEvents,
  ) {}

  /**
   * Stores a file and its ingestion durably. The body is the file, or multipart with one file. The same content of a
   * user is stored once. Supports `Idempotency-Key`.
   */
  @Post()
  @HttpCode(202)
  @ApiConsumes('multipart/form-data', 'application/octet-stream')
  @ApiResponse({ status: 202, standardSchema: documentAccepted })
  async upload(
    @Caller() caller: Principal,
    @Context() context: RequestContext,
    @Query({ schema: uploadQuery }) { name, lane }: UploadQuery,
    @Headers('idempotency-key') key: string | undefined,
    @Req() { raw, body }: FastifyRequest,
  ): Promise<DocumentAccepted> {
    const identity = createIdentity(caller, context.url.split('?', 1)[0]!, key, '');
    const userId = this.access.userOf(caller);
    if (body !== undefined) throw new InvalidInputError('unsupported_media_type', JSON_FILE);
    const { _id } = await this.uploads.receive({ userId, identity, lane, context }, await sentFile(raw, name));
    return { documentId: _id, jobId: _id, eventsUrl: documentEventsUrl(_id) };
  }

  @Get()
  @ApiResponse({ status: 200, standardSchema: pageOf(documentResource) })
  list(@Caller() caller: Principal, @Query({ schema: pageQuery }) query: PageQuery): Promise<Page<DocumentResource>> {
    if (caller.role !== 'admin') this.access.userOf(caller);
    return this.documentAccess.list(caller, query);
  }

  /** Best passages of the user's documents for a query. */
  @Post('search')
  @HttpCode(200)
  @ApiResponse({ status: 200, standardSchema: searchResult })
  find(@Caller() caller: Principal, @Body({ schema: searchDocuments }) query: SearchDocuments): Promise<SearchResult> {
    return this.search.search(this.access.userOf(caller), query);
  }

  @Get(':id')
  @ApiResponse({ status: 200, standardSchema: documentResource })
  read(@Caller() caller: Principal, @Param('id', { schema: id }) documentId: string): Promise<DocumentResource> {
    return this.documentAccess.document(caller, documentId);
  }

  /** Removes the document: search no longer finds it, and its ingestion ends. */
  @Delete(':id')
  @HttpCode(204)
  async remove(@Caller() caller: Principal, @Param('id', { schema: id }) documentId: string): Promise<void> {
    await this.removal.remove(await this.documentAccess.record(caller, documentId));
  }

  /** Server-sent events, from the first or after `Last-Event-ID` to the end. 204 if no event follows. */
  @Get(':id/events')
  @ApiProduces('text/event-stream')
  async stream(
    @Caller() caller: Principal,
    @Param('id', { schema: id }) documentId: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const after = lastEventIdOf(lastEventId);
    const record = await this.documentAccess.record(caller, documentId);
    await replyWithJob(reply, this, followedDocument(record), after);
  }
}

const JSON_FILE = 'A JSON body is not accepted as a file; send it as multipart/form-data or text/plain.';
