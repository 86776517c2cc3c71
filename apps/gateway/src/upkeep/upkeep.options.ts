import type { Config } from '@slipstream/config';

export const databaseUri = ({ mongodb }: Config): string => mongodb.uri;
