import type { Logger as WholeLogger } from '@slipstream/contracts';

/** What this library needs of a logger. */
export type Logger = Pick<WholeLogger, 'info' | 'warn'>;
