import type { z } from 'zod';
import { settingsAt } from './setting-names.js';
import { nearest } from './spelling.js';

/** Messages for violations of the schema that have no message of their own. They never contain the value. */
export const inWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is required'
        : `must be ${KINDS[issue.expected] ?? issue.expected}${hintOf(issue.expected, issue.path)}`;
    case 'invalid_value':
      return `must be ${oneOf(issue.values.map(String))}${nearOf(issue.input, issue.values.map(String))}`;
    case 'invalid_key':
      return issue.issues[0]?.message;
    case 'too_small':
      return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${counted(issue.minimum, issue.origin)}`;
    case 'too_big':
      return `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${counted(issue.maximum, issue.origin)}`;
    default:
      return undefined;
  }
};

const KINDS: Record<string, string> = {
  object: 'settings by name',
  record: 'settings by name',
  array: 'a list',
  string: 'text',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
};
const COUNTED: Record<string, string> = { string: ' characters long', array: ' entries long' };
const counted = (value: number | bigint, origin: string): string => `${value}${COUNTED[origin] ?? ''}`;

const hintOf = (expected: string, path?: readonly PropertyKey[]): string => unitOf(path) + namesOf(expected, path);

const UNITS: readonly (readonly [RegExp, string])[] = [
  [/Ms$/, ' of milliseconds'],
  [/Seconds$/, ' of seconds'],
  [/Days$/, ' of days'],
  [/Bytes$/, ' of bytes'],
];

/** The unit at the end of a setting's name, for values such as `30s` or `256MB`. */
function unitOf(path: readonly PropertyKey[] = []): string {
  const name = String(path.at(-1));
  return UNITS.find(([ending]) => ending.test(name))?.[1] ?? '';
}

/** The names of an entry's settings, for an entry that was written as plain text. */
function namesOf(expected: string, path: readonly PropertyKey[] = []): string {
  const names = expected === 'object' ? settingsAt(path) : [];
  return names.length > 0 ? `: ${names.join(', ')}` : '';
}

const oneOf = (values: readonly string[]): string => (values.length === 1 ? values[0]! : `one of ${values.join(', ')}`);

function nearOf(input: unknown, values: readonly string[]): string {
  const near = typeof input === 'string' && values.length > 1 ? nearest(input, values, () => 2) : undefined;
  return near ? `; did you mean ${near}?` : '';
}
