import type { Logger } from '@slipstream/telemetry';

/** Injection token of the logger, because an interface has none. */
export const GATEWAY_LOGGER = Symbol('gateway logger');
export type NativeLogger = Logger;

/** The part of the logger that a listener uses. */
export type ListenerLogger = Pick<Logger, 'isLevelEnabled' | 'debug' | 'info' | 'warn' | 'error'>;
