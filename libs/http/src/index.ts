export { endToEndHeaders, endToEndRule, filterHeaders, type RawHeaders } from './end-to-end-headers.js';
export { forwardResponse, type ForwardOutcome, type UpstreamResponse } from './forward-response.js';
export { hasBody } from './has-body.js';
export { isOwnCredential } from './own-credentials.js';
export { BodyIncompleteError, BodyTooLargeError, readBody } from './read-body.js';
