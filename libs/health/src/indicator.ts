import { messageOf, within } from '@slipstream/contracts';

/** One dependency of a service. */
export interface Indicator {
  /** `mongodb`, `redis`, … */
  name: string;
  /** Sends a request to the dependency; rejects if it fails. */
  check(): Promise<void>;
  /** Whether the service requires it. If it fails, ready answers 503; otherwise the service is `degraded`, with 200. */
  isEssential: boolean;
}

/** Time limit of a check. */
export const CHECK_TIMEOUT_MS = 2000;

/** Checks one indicator. @returns the reason if it is down; undefined if it is up */
export async function runCheck(indicator: Indicator, timeoutMs = CHECK_TIMEOUT_MS): Promise<string | undefined> {
  const late = (): never => {
    throw new Error(`no answer within ${timeoutMs} ms`);
  };
  try {
    await within(indicator.check(), timeoutMs, late);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
