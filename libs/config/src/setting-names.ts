import { configJsonSchema, type JsonNode } from './json-schema.js';

/** Returns the names of a section's settings, from the JSON schema. */
export function settingsAt(path: readonly PropertyKey[]): string[] {
  let node: JsonNode | undefined = configJsonSchema();
  for (const part of path)
    node =
      typeof part === 'number'
        ? node?.items
        : (node?.properties?.[String(part)] ?? (node?.additionalProperties || undefined));
  return Object.keys(node?.properties ?? {});
}

/** Returns the path of every setting that is not a section, such as `['chat', 'leaseMs']`. */
export function settingPaths(): string[][] {
  return pathsBelow([], configJsonSchema());
}

function pathsBelow(path: string[], { properties }: JsonNode): string[][] {
  return properties ? Object.entries(properties).flatMap(([name, node]) => pathsBelow([...path, name], node)) : [path];
}
