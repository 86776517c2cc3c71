import { configJsonSchema, type JsonNode } from './json-schema.js';

/** Names that a section knows, read off its JSON schema. */
export function settingsAt(path: readonly PropertyKey[]): string[] {
  let node: JsonNode | undefined = configJsonSchema();
  for (const part of path)
    node =
      typeof part === 'number'
        ? node?.items
        : (node?.properties?.[String(part)] ?? (node?.additionalProperties || undefined));
  return Object.keys(node?.properties ?? {});
}

/** Paths of everything that is no section itself: `['chat', 'leaseMs']`. */
export function settingPaths(): string[][] {
  return pathsBelow([], configJsonSchema());
}

function pathsBelow(path: string[], { properties }: JsonNode): string[][] {
  return properties ? Object.entries(properties).flatMap(([name, node]) => pathsBelow([...path, name], node)) : [path];
}
