/** A model server as configured. */
export interface ModelBackendOptions {
  /** OpenAI base URL, usually ending in `/v1`; a trailing slash makes no difference. */
  url: string;
  /** Share of the load beside the others' weights. Greater than 0. Default 1. */
  weight?: number;
  /** Sent as a bearer token. Default: none. */
  apiKey?: string;
}

/** The URL by which a server is known here. */
export const normalizeBaseUrl = (url: string): string => url.replace(/(?<!\/)\/+$/, '');
