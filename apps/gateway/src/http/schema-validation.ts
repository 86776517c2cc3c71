import { StandardSchemaValidationPipe } from '@nestjs/common';
import { InvalidFieldsError } from './problem.js';

/** More bad fields than this tell nobody more. */
const MAX_ISSUES = 20;

/** Refuses what a schema refuses, each bad field by its name. */
export const schemaValidation = (): StandardSchemaValidationPipe =>
  new StandardSchemaValidationPipe({
    exceptionFactory: (issues) => new InvalidFieldsError(issues.slice(0, MAX_ISSUES).map(({ path, message }) => ({ path: pathOf(path), message }))),
  });

const pathOf = (path: readonly (PropertyKey | { key: PropertyKey })[] = []): string =>
  path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.') || 'value';
