import { configSchema } from './schema.js';

interface JsonNode {
  properties?: Record<string, JsonNode>;
  items?: JsonNode;
  /** Of what has names of its own, such as the paths of `web.cache.reads`; false in a section. */
  additionalProperties?: JsonNode | false;
}

/** Names that a section knows, read off its JSON schema. */
export function settingsAt(path: readonly PropertyKey[]): string[] {
  let node: JsonNode | undefined = root();
  for (const part of path) node = typeof part === 'number' ? node?.items : (node?.properties?.[String(part)] ?? (node?.additionalProperties || undefined));
  return Object.keys(node?.properties ?? {});
}

/** Paths of everything that is no section itself: `['chat', 'leaseMs']`. */
export function settingPaths(): string[][] {
  return pathsBelow([], root());
}

const root = (): JsonNode => configSchema.toJSONSchema({ io: 'input', unrepresentable: 'any' }) as JsonNode;

function pathsBelow(path: string[], { properties }: JsonNode): string[][] {
  return properties ? Object.entries(properties).flatMap(([name, node]) => pathsBelow([...path, name], node)) : [path];
}
