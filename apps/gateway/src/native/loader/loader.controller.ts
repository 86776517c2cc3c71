import { Readable } from 'node:stream';
import { Controller, Headers, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { loadedFile, type LoadedText, type Principal } from '@slipstream/contracts';
import type { LoadedPage } from '@slipstream/documents';
import type { RequestContext } from '@slipstream/http';
import { ApiConsumes, ApiResponse, ApiTags } from '../../openapi/decorators.js';
import { Caller, Context } from '../caller.js';
import { sentFile } from '../documents/upload-body.js';
import { DocumentLoader, ownerOf } from './document-loader.js';

/** The external document loader of Open WebUI: `CONTENT_EXTRACTION_ENGINE=external`. */
@ApiTags('documents')
@Controller('loader')
export class LoaderController {
  constructor(private readonly loader: DocumentLoader) {}

  /** Returns the text of the file in the body, page by page. It waits until the document-worker has extracted it. */
  @Put('process')
  @ApiConsumes('application/octet-stream')
  @ApiResponse({ status: 200, standardSchema: loadedFile })
  async process(
    @Caller() caller: Principal,
    @Context() context: RequestContext,
    @Headers('x-filename') encodedName: string | undefined,
    @Headers('x-openwebui-user-id') forwardedUser: string | undefined,
    @Req() { raw }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const name = decoded(encodedName);
    const owner = ownerOf(caller, forwardedUser);
    const pages = await this.loader.load(owner, await sentFile(raw, name), context, gone.signal);
    void reply.type('application/json; charset=utf-8');
    await reply.send(Readable.from(jsonOf(pages, name), { objectMode: false }));
  }
}

async function* jsonOf(pages: AsyncIterable<LoadedPage>, name: string | undefined): AsyncGenerator<string, void, void> {
  let separator = '[';
  for await (const page of pages) {
    yield `${separator}${JSON.stringify(loadedText(page, name))}`;
    separator = ',';
  }
  yield ']';
}

/** Open WebUI counts pages from 0, and shows them from 1. */
const loadedText = ({ text, page }: LoadedPage, name: string | undefined): LoadedText => ({
  page_content: text,
  metadata: { ...(name !== undefined && { source: name }), ...(page !== undefined && { page: page - 1 }) },
});

/** The field is percent-encoded; a name that can't be decoded is taken as it is. */
function decoded(name: string | undefined): string | undefined {
  try {
    return name === undefined ? undefined : decodeURIComponent(name);
  } catch {
    return name;
  }
}
