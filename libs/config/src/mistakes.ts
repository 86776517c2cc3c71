import type { z } from 'zod';
import { variableOf } from './environment.js';
import { renamedTo } from './renamed-settings.js';
import { settingsAt } from './setting-names.js';
import { nearest } from './spelling.js';

/** Describes each violation of the schema, with the name of the setting and the variable that set it. */
export function mistakesOf(issues: readonly z.core.$ZodIssue[], env: NodeJS.ProcessEnv): string[] {
  return issues.flatMap((issue) => {
    const variable = variableOf(issue.path, env);
    const name = `${dotted(issue.path)}${variable ? ` (${variable})` : ''}`;
    if (issue.code !== 'unrecognized_keys') return [`${name}: ${lowerFirst(issue.message)}`];
    return issue.keys.map((key) => `${dotted([...issue.path, key])}: ${unknownSetting(issue.path, key)}`);
  });
}

/** `llm.backends[1].url` */
const dotted = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`))
    .join('') || 'the configuration';

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function unknownSetting(path: readonly PropertyKey[], key: string): string {
  const renamed = renamedTo(path, key);
  if (renamed !== undefined) return `was renamed; write ${renamed}`;
  const near = nearest(key, settingsAt(path), () => 2);
  return `is not a setting${near ? `; did you mean ${near}?` : ''}`;
}
