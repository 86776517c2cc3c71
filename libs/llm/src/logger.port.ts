export type { Logger } from '@slipstream/contracts';
