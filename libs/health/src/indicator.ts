import { messageOf, within } from '@slipstream/contracts';

/** One thing that a service stands on. */
export interface Indicator {
  /** `mongodb`, `redis`, … */
  name: string;
  /** Really asks; rejects when the answer is no. */
  check(): Promise<void>;
  /** Without it the service can't do its work: ready answers 503. Otherwise the service is `degraded`, with 200. */
  isEssential: boolean;
}

/** How long an indicator may take to answer. */
export const CHECK_TIMEOUT_MS = 2000;

/** Asks one indicator. @returns why it is down; undefined when it is up */
export async function ask(indicator: Indicator, timeoutMs = CHECK_TIMEOUT_MS): Promise<string | undefined> {
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
