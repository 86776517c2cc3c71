/**
 * The target of a request as a backend gets it: path and query only (origin form, RFC 9112 section 3.2.1). A client may
 * send the absolute form; its authority is not taken, so that nobody but the balancer decides where a request goes.
 */
export const originForm = (target: string): string => target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '') || '/';
