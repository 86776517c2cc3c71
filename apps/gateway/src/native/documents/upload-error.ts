import { InvalidInputError, SlipstreamError, messageOf } from '@slipstream/contracts';
import { translateDatabaseError } from '@slipstream/mongo';

/** Errors other than those of the database come from the client. */
export function uploadError(error: unknown): unknown {
  const translated = translateDatabaseError(error);
  if (translated instanceof SlipstreamError) return translated;
  return new InvalidInputError('body_incomplete', `The upload broke off: ${messageOf(error)}`, { cause: error });
}
