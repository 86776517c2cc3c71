import type { JsonNode } from '@slipstream/config';

const isSection = (node: JsonNode | undefined): node is JsonNode & { properties: Record<string, JsonNode> } =>
  node?.properties !== undefined;

/** A union of sections has the settings of them all. */
function joined(node: JsonNode): JsonNode {
  const sections = (node.oneOf ?? node.anyOf ?? []).filter(isSection);
  return sections.length === 0 ? node : { properties: Object.assign({}, ...sections.map((each) => each.properties)) };
}

/** `listen.port`, `web.backends[].url`, `web.cache.reads.*.ttlMs`: the path of every value that can be set. */
export function leavesOf(given: JsonNode, path = ''): string[] {
  const { properties, items, additionalProperties } = joined(given);
  if (properties)
    return Object.entries(properties).flatMap(([name, node]) => leavesOf(node, path === '' ? name : `${path}.${name}`));
  if (isSection(items)) return leavesOf(items, `${path}[]`);
  if (additionalProperties && isSection(additionalProperties)) return leavesOf(additionalProperties, `${path}.*`);
  return [path];
}

/**
 * A configuration in which everything is set, and every value that is read is added to `read` by its path. Enumerating
 * the settings of a section, as a spread does, throws: it would count as reading them all.
 *
 * @param values by path; otherwise a setting has its default or a value of its type
 */
export function recordedConfig(
  given: JsonNode,
  read: Set<string>,
  values: Readonly<Record<string, unknown>> = {},
  path = '',
): unknown {
  const { properties, items, additionalProperties } = joined(given);
  const within = (node: JsonNode, inner: string): unknown => recordedConfig(node, read, values, inner);
  if (isSection(items)) return [within(items, `${path}[]`)];
  if (additionalProperties && isSection(additionalProperties))
    return { '/**': within(additionalProperties, `${path}.*`) };
  if (!properties) {
    read.add(path);
    return values[path] ?? sampleOf(given);
  }
  return new Proxy(Object.freeze({}), {
    get(_, name) {
      const node = properties[String(name)];
      return node && within(node, path === '' ? String(name) : `${path}.${String(name)}`);
    },
    ownKeys() {
      throw new Error(`a mapper enumerates ${path === '' ? 'the configuration' : path}; name the settings one by one`);
    },
  });
}

function sampleOf({ default: value, type, enum: among, const: only, anyOf, minimum = 1 }: JsonNode): unknown {
  if (value !== undefined) return value;
  if (only !== undefined) return only;
  if (among) return among[0];
  if (anyOf) return sampleOf(anyOf[0]!);
  if (type === 'boolean') return true;
  if (type === 'integer' || type === 'number') return minimum;
  return type === 'array' ? [] : type === 'object' ? {} : 'text';
}
