import type { RequestContext } from '@slipstream/http';

/** Facts about a request that the proxy uses. The web application authenticates its sender. */
export type ProxyContext = Omit<RequestContext, 'principal'>;
