import { StartupError } from '@slipstream/contracts';

/** Everything that is wrong with a configuration, one line each, by name and without values. */
export class ConfigError extends StartupError {
  constructor(readonly mistakes: readonly string[]) {
    super(`The configuration can't be used:\n${mistakes.map((mistake) => `  - ${mistake}`).join('\n')}`);
  }
}
