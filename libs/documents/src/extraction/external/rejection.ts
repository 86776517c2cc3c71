import { DependencyUnavailableError, SlipstreamError } from '@slipstream/contracts';
import { retryAfterSeconds } from '@slipstream/http';
import type { Dispatcher } from 'undici';
import { ExtractionError, isExtractionCode } from '../extraction.error.js';

/** The server is overloaded or restarts (RFC 9110 section 15.6.4, RFC 6585 section 4). */
const BUSY: ReadonlySet<number> = new Set([429, 503]);
const REFUSED: ReadonlySet<number> = new Set([401, 403]);
const MAX_BODY_CHARS = 64 * 1024;
const MAX_DETAIL_CHARS = 300;

/** The error of an answer other than 200. A problem document with one of our codes, as our loader sends, keeps it. */
export async function rejectionOf({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<SlipstreamError> {
  const { code, detail } = problemOf(await startOf(body));
  if (isExtractionCode(code)) return new ExtractionError(code, `External extractor: ${detail ?? code}`);
  if (BUSY.has(statusCode)) {
    const seconds = retryAfterSeconds([headers['retry-after']].flat()[0], new Date());
    return new DependencyUnavailableError('document_extractor', {
      cause: new Error(`The external extractor answered ${statusCode}.`),
      ...(seconds !== undefined && { retryAfterSeconds: seconds }),
    });
  }
  const advice = REFUSED.has(statusCode) ? '; the operator must check documents.extractors.external.apiKey' : '';
  return new SlipstreamError('document_extractor_failed', `The external extractor answered ${statusCode}${advice}.`, {
    isRetryable: statusCode >= 500,
  });
}

async function startOf(body: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of body) if ((text += chunk.toString('utf8')).length > MAX_BODY_CHARS) break;
  return text;
}

function problemOf(text: string): { code?: unknown; detail?: string } {
  try {
    const { code, detail } = JSON.parse(text) as { code?: unknown; detail?: unknown };
    return { code, ...(typeof detail === 'string' && { detail: detail.slice(0, MAX_DETAIL_CHARS) }) };
  } catch {
    return {};
  }
}
