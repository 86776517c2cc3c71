import { configSchema } from './schema.js';

/** What is used here of JSON Schema 2020-12. */
export interface JsonNode {
  type?: string;
  description?: string;
  default?: unknown;
  properties?: Record<string, JsonNode>;
  /** Names that must be given where the section, or the entry of a list, is. */
  required?: string[];
  items?: JsonNode;
  /** Of what has names of its own, such as the paths of `web.cache.reads`; false in a section. */
  additionalProperties?: JsonNode | false;
  anyOf?: JsonNode[];
  oneOf?: JsonNode[];
  const?: unknown;
  enum?: unknown[];
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
}

let made: JsonNode | undefined;

/**
 * JSON schema of `slipstream.yaml`, for editors. Made when it is first asked for: that takes longer than reading a
 * configuration.
 */
export function configJsonSchema(): JsonNode {
  return (made ??= make());
}

function make(): JsonNode {
  const schema = configSchema.toJSONSchema({ io: 'input', unrepresentable: 'any' }) as JsonNode;
  return {
    title: 'slipstream.yaml',
    ...schema,
    required: undefined,
    properties: withoutRequired(schema.properties ?? {}),
  } as JsonNode;
}

/** Sections whose defaults depend on the service need not be given in the file. */
const withoutRequired = (sections: Record<string, JsonNode>): Record<string, JsonNode> =>
  Object.fromEntries(Object.entries(sections).map(([name, section]) => [name, { ...section, required: undefined }]));
