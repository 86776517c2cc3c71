import type { Logger } from '@slipstream/telemetry';

/** Injection token of the logger, which is an interface and so has none of its own. */
export const GATEWAY_LOGGER = Symbol('gateway logger');
export type NativeLogger = Logger;
