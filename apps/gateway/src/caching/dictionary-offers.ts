import type { ServerResponse } from 'node:http';
import type { ReleaseDictionaries, ReleaseDictionary } from '@slipstream/assets';
import { acceptedCodings, fieldValue, type RawHeaders } from '@slipstream/http';
import { fieldsOf } from '@slipstream/http-cache';
import type { DictionaryOffers } from '@slipstream/proxy';
import type { DeltaAnswers } from './delta-answers.js';

const EXTENSION = '.dictionary';
const PATH = /\/([0-9a-f]{64})\.dictionary$/;
/** Browsers keep a dictionary for as long as it is fresh. */
const MAX_AGE_SECONDS = 30 * 86_400;

/**
 * Offers the dictionary of the release to browsers, which fetch it when they are idle, and serves it. It lies below the
 * paths that it is for, so the next dictionary is sent as a difference to this one.
 */
export class Offers implements DictionaryOffers {
  private served = 0;

  /** @param folder path of the files that never change, without a `/` at its end */
  constructor(
    private readonly dictionaries: Pick<ReleaseDictionaries, 'latest' | 'find'>,
    private readonly deltas: Pick<DeltaAnswers, 'select'>,
    private readonly folder: string,
  ) {}

  /** Number of downloads of a dictionary. */
  get downloads(): number {
    return this.served;
  }

  addTo(headers: string[], request: RawHeaders): void {
    const { latest } = this.dictionaries;
    if (!latest || fieldValue(request, 'sec-fetch-dest') !== 'document') return;
    headers.push('Link', `<${this.folder}/${latest.digest}${EXTENSION}>; rel="compression-dictionary"`);
  }

  serve(target: string, request: RawHeaders, response: ServerResponse): boolean {
    if (!target.endsWith(EXTENSION)) return false;
    const [, digest = ''] = PATH.exec(target) ?? [];
    const dictionary = target === `${this.folder}/${digest}${EXTENSION}` ? this.dictionaries.find(digest) : undefined;
    if (!dictionary || !acceptedCodings(fieldValue(request, 'accept-encoding') ?? '').includes('br')) return false;
    const whole = { statusCode: 200, headers: this.headersOf(dictionary), body: dictionary.brotli, answeredAt: 0 };
    const { statusCode, headers, body } = this.deltas.select(target, whole, fieldsOf(request)) ?? whole;
    this.served += 1;
    response.writeHead(statusCode, [...headers]).end(body);
    return true;
  }

  private headersOf({ brotli }: ReleaseDictionary): string[] {
    return [
      ...['Content-Type', 'application/octet-stream'],
      ...['Content-Encoding', 'br'],
      ...['Content-Length', String(brotli.length)],
      ...['Cache-Control', `public, max-age=${MAX_AGE_SECONDS}`],
      ...['Use-As-Dictionary', `match="${this.folder}/*"`],
      ...['X-Content-Type-Options', 'nosniff'],
      ...['Vary', 'Accept-Encoding, Available-Dictionary'],
    ];
  }
}
