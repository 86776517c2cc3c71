import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { id, searchDocuments, type SearchDocuments, type SearchResult } from '@slipstream/contracts';
import { DocumentSearch } from '@slipstream/documents';

const internalSearch = searchDocuments.extend({ userId: id });

/** Searches of gateways, which send the deployment's secret. The gateway has authenticated the user. */
@Controller('internal/documents')
export class SearchController {
  constructor(private readonly search: DocumentSearch) {}

  @Post('search')
  @HttpCode(200)
  find(
    @Body({ schema: internalSearch }) { userId, ...query }: SearchDocuments & { userId: string },
  ): Promise<SearchResult> {
    return this.search.search(userId, query);
  }
}
