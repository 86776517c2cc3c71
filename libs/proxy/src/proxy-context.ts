import type { RequestContext } from '@slipstream/http';

/** What the proxy needs to know of a request. Whoever sends it, the web application authenticates. */
export type ProxyContext = Omit<RequestContext, 'principal'>;
