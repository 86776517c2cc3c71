import type { z } from 'zod';
import { variableOf } from './environment.js';
import { dotted, type Mistake } from './mistake.js';
import { renamedTo } from './renamed-settings.js';
import { settingsAt } from './setting-names.js';
import { nearest } from './spelling.js';

/** Describes each violation of the schema, with the name of the setting and the variable that set it. */
export function mistakesOf(issues: readonly z.core.$ZodIssue[], env: NodeJS.ProcessEnv): Mistake[] {
  return issues.flatMap((issue): Mistake[] => {
    const { path } = issue;
    const variable = variableOf(path, env);
    const name = variable && `${dotted(path)} (${variable})`;
    if (issue.code !== 'unrecognized_keys') return [{ path, name, text: lowerFirst(issue.message) }];
    return issue.keys.map((key) => ({ path: [...path, key], text: unknownSetting(path, key) }));
  });
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function unknownSetting(path: readonly PropertyKey[], key: string): string {
  const renamed = renamedTo(path, key);
  if (renamed !== undefined) return `was renamed; write ${renamed}`;
  const near = nearest(key, settingsAt(path), () => 2);
  return `is not a setting${near ? `; did you mean ${near}?` : ''}`;
}
