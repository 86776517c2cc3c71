import { SlipstreamError } from '@slipstream/contracts';

/** The caller has no access. */
export class AccessError extends SlipstreamError {}
