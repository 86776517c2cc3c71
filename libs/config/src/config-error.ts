import { StartupError } from '@slipstream/contracts/errors';

/** Lists every mistake of a configuration, one per line, by name of the setting and without its value. */
export class ConfigError extends StartupError {
  constructor(readonly mistakes: readonly string[]) {
    super(`The configuration can't be used:\n${mistakes.map((mistake) => `  - ${mistake}`).join('\n')}`);
  }
}
