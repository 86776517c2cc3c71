import { StandardSchemaValidationPipe } from '@nestjs/common';
import { InvalidInputError } from '@slipstream/contracts';

/** More invalid fields than this are not useful. */
const MAX_ISSUES = 20;

/** Refuses requests that violate a schema, and names each invalid field. */
export const schemaValidation = (): StandardSchemaValidationPipe =>
  new StandardSchemaValidationPipe({
    exceptionFactory: (issues) => invalidFields(issues.flatMap(fieldsOf).slice(0, MAX_ISSUES)),
  });

const invalidFields = (fields: BadField[]): InvalidInputError =>
  new InvalidInputError(
    'invalid_request',
    `The request is not valid: ${fields.map(({ path, message }) => `${path}: ${message}`).join('; ')}`,
    { fields },
  );

interface BadField {
  path: string;
  message: string;
}

interface Issue {
  message: string;
  path?: readonly (PropertyKey | { key: PropertyKey })[];
  /** zod reports unknown fields as a list, at the object that contains them. */
  keys?: readonly string[];
}

function fieldsOf({ path, message, keys }: Issue): BadField[] {
  return keys
    ? keys
        .slice(0, MAX_ISSUES)
        .map((key) => ({ path: pathOf([...(path ?? []), key]), message: 'is not a field of this request' }))
    : [{ path: pathOf(path), message }];
}

const pathOf = (path: Issue['path'] = []): string =>
  path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.') || 'value';
