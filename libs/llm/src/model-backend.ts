/** A configured model server. */
export interface ModelBackendOptions {
  /** OpenAI base URL, usually ending in `/v1`; a trailing slash makes no difference. */
  url: string;
  /** Share of the load, relative to the other weights. Greater than 0. Default 1. */
  weight?: number;
  /** Sent as a bearer token. Default: none. */
  apiKey?: string;
}

/** The normalized URL of a server. */
export const normalizeBaseUrl = (url: string): string => url.replace(/(?<!\/)\/+$/, '');
