import { holdsWholeKey } from '@slipstream/http';

/** The path and query of a request, for logs and traces: none of it if it held a key of Slipstream. */
export const recordedUrl = (url: string): string => (holdsWholeKey(url) ? '[redacted: it held a key]' : url);
