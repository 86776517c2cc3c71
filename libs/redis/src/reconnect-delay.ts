import { backOffMs, type BackOff } from '@slipstream/contracts';

const RECONNECT: BackOff = { firstMs: 50, maxMs: 2_000, spread: [0.5, 1] };

/** The pause before an attempt to connect again, in ms. @param attempt counts from 1; it never ends */
export const reconnectDelayMs = (attempt: number): number => backOffMs(attempt, RECONNECT);
