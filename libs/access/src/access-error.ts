import { SlipstreamError } from '@slipstream/contracts';

/** The caller is not let in. */
export class AccessError extends SlipstreamError {}
