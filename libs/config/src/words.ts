import type { z } from 'zod';
import { settingsAt } from './setting-names.js';
import { nearest } from './spelling.js';

/** What is wrong with a value, for settings whose schema has no words of its own for it; never with the value. */
export const inWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is missing'
        : `must be ${KINDS[issue.expected] ?? issue.expected}${unitOf(issue.path)}${namesOf(issue.expected, issue.path)}`;
    case 'invalid_value':
      return `must be ${oneOf(issue.values.map(String))}${nearOf(issue.input, issue.values.map(String))}`;
    case 'invalid_key':
      return issue.issues[0]?.message;
    case 'too_small':
      return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${COUNTED[issue.origin] ?? ''}`;
    case 'too_big':
      return `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${COUNTED[issue.origin] ?? ''}`;
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
const UNITS: readonly (readonly [RegExp, string])[] = [
  [/Ms$/, ' of milliseconds'],
  [/Seconds$/, ' of seconds'],
  [/Days$/, ' of days'],
  [/Bytes$/, ' of bytes'],
];

/** A setting's name ends in its unit: who wrote `30s` or `256MB` is told what is meant. */
function unitOf(path: readonly PropertyKey[] = []): string {
  const name = String(path.at(-1));
  return UNITS.find(([ending]) => ending.test(name))?.[1] ?? '';
}

/** Who wrote an entry as plain text is told what its settings are called. */
function namesOf(expected: string, path: readonly PropertyKey[] = []): string {
  const names = expected === 'object' ? settingsAt(path) : [];
  return names.length > 0 ? `: ${names.join(', ')}` : '';
}

const oneOf = (values: readonly string[]): string => (values.length === 1 ? values[0]! : `one of ${values.join(', ')}`);

function nearOf(input: unknown, values: readonly string[]): string {
  const near = typeof input === 'string' && values.length > 1 ? nearest(input, values, () => 2) : undefined;
  return near ? `; did you mean ${near}?` : '';
}
