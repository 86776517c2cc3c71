import type { z } from 'zod';
import { variableOf } from './environment.js';
import { configSchema } from './schema.js';

/** What a schema found wrong, in words, each with the setting's name and the variable that set it. */
export function mistakesOf(issues: readonly z.core.$ZodIssue[], env: NodeJS.ProcessEnv): string[] {
  return issues.flatMap((issue) => {
    const variable = variableOf(issue.path, env);
    const name = `${dotted(issue.path)}${variable ? ` (${variable})` : ''}`;
    if (issue.code !== 'unrecognized_keys') return [`${name}: ${lowerFirst(issue.message)}`];
    return issue.keys.map((key) => `${dotted([...issue.path, key])}: there is no such setting${suggestion(issue.path, key)}`);
  });
}

/** `llm.backends[1].url` */
const dotted = (path: readonly PropertyKey[]): string =>
  path.map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`)).join('') || 'the configuration';

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function suggestion(path: readonly PropertyKey[], key: string): string {
  const near = settingsAt(path).find((name) => distance(name.toLowerCase(), key.toLowerCase()) <= 2);
  return near ? `; did you mean ${near}?` : '';
}

/** Names that a section knows, read off its JSON schema. */
function settingsAt(path: readonly PropertyKey[]): string[] {
  let node: JsonNode | undefined = configSchema.toJSONSchema({ io: 'input', unrepresentable: 'any' }) as JsonNode;
  for (const part of path) node = typeof part === 'number' ? node?.items : node?.properties?.[String(part)];
  return Object.keys(node?.properties ?? {});
}

interface JsonNode {
  properties?: Record<string, JsonNode>;
  items?: JsonNode;
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
