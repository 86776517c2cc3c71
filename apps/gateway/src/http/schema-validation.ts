import { StandardSchemaValidationPipe } from '@nestjs/common';
import { InvalidFieldsError } from './problem.js';

/** More bad fields than this tell nobody more. */
const MAX_ISSUES = 20;

/** Refuses what a schema refuses, each bad field by its name. */
export const schemaValidation = (): StandardSchemaValidationPipe =>
  new StandardSchemaValidationPipe({
    exceptionFactory: (issues) => new InvalidFieldsError(issues.flatMap(fieldsOf).slice(0, MAX_ISSUES)),
  });

interface Issue {
  message: string;
  path?: readonly (PropertyKey | { key: PropertyKey })[];
  /** zod's list of the fields that it doesn't know, told of the object that has them. */
  keys?: readonly string[];
}

function fieldsOf({ path, message, keys }: Issue): { path: string; message: string }[] {
  return keys
    ? keys
        .slice(0, MAX_ISSUES)
        .map((key) => ({ path: pathOf([...(path ?? []), key]), message: 'there is no such field' }))
    : [{ path: pathOf(path), message }];
}

const pathOf = (path: Issue['path'] = []): string =>
  path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.') || 'value';
