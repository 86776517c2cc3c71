/** What this library needs of a logger: pino's argument order, bound by the app. */
export interface Logger {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}
