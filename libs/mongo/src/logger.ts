/** What this lib needs of a logger; pino's has it. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}
