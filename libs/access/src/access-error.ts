import { SlipstreamError } from '@slipstream/contracts';

/** The caller is not let in. */
export class AccessError extends SlipstreamError {
  constructor(
    readonly status: 400 | 401 | 403,
    code: string,
    message: string,
  ) {
    super(code, message);
  }
}
