import { configSchema } from './schema.js';

/** The subset of JSON Schema 2020-12 that this library uses. */
export interface JsonNode {
  type?: string;
  description?: string;
  default?: unknown;
  properties?: Record<string, JsonNode>;
  /** Names that a section or a list entry must contain. */
  required?: string[];
  items?: JsonNode;
  /** Schema of the entries of a map, such as the paths of `web.cache.reads`. False in a section. */
  additionalProperties?: JsonNode | false;
  anyOf?: JsonNode[];
  oneOf?: JsonNode[];
  const?: unknown;
  enum?: unknown[];
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  /** A secret, which may stand in a file of its own. */
  writeOnly?: boolean;
}

let settings: JsonNode | undefined;
let written: JsonNode | undefined;

/**
 * JSON schema of what a configuration has once it is read. Made when it is first requested, which takes longer than
 * reading a configuration.
 */
export function settingsJsonSchema(): JsonNode {
  return (settings ??= make());
}

/** JSON schema of `slipstream.yaml`, for editors: the settings, and the `…File` beside each secret. */
export function configJsonSchema(): JsonNode {
  return (written ??= withSecretFiles(settingsJsonSchema()));
}

/** Returns the name of the setting with the path of a secret's file. */
export const secretFileName = (secret: string): string => `${secret}File`;

/** Names of the secrets that stand in a section itself. */
export const secretsIn = ({ properties = {} }: JsonNode): string[] =>
  Object.keys(properties).filter((name) => properties[name]!.writeOnly);

function make(): JsonNode {
  const schema = configSchema.toJSONSchema({ io: 'input', unrepresentable: 'any' }) as JsonNode;
  return {
    title: 'slipstream.yaml',
    ...schema,
    required: undefined,
    properties: withoutRequired(schema.properties ?? {}),
  } as JsonNode;
}

/** Sections whose defaults depend on the service are optional in the file. */
const withoutRequired = (sections: Record<string, JsonNode>): Record<string, JsonNode> =>
  Object.fromEntries(Object.entries(sections).map(([name, section]) => [name, { ...section, required: undefined }]));

function withSecretFiles(node: JsonNode): JsonNode {
  const { properties, required, items, additionalProperties } = node;
  const secrets = secretsIn(node);
  return {
    ...node,
    ...(items && { items: withSecretFiles(items) }),
    ...(additionalProperties && { additionalProperties: withSecretFiles(additionalProperties) }),
    ...(properties && { properties: Object.fromEntries(Object.entries(properties).flatMap(withFileBeside)) }),
    ...(required && { required: required.filter((name) => !secrets.includes(name)) }),
  };
}

function withFileBeside([name, node]: [string, JsonNode]): [string, JsonNode][] {
  const own: [string, JsonNode] = [name, withSecretFiles(node)];
  return node.writeOnly ? [own, [secretFileName(name), fileOf(name)]] : [own];
}

const fileOf = (secret: string): JsonNode => ({
  type: 'string',
  description: `Path of a file with the value of ${secret}, without a final newline. It replaces ${secret}.`,
});
