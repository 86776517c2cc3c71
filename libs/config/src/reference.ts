import { ENVIRONMENT } from './environment.js';
import { configJsonSchema } from './json-schema.js';

/** What is used here of JSON Schema 2020-12. */
interface Node {
  type?: string;
  description?: string;
  default?: unknown;
  properties?: Record<string, Node>;
  items?: Node;
  /** Of what has names of its own; false in a section. */
  additionalProperties?: Node | false;
  anyOf?: Node[];
  oneOf?: Node[];
  const?: unknown;
  enum?: unknown[];
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
}

const HEAD = `# Configuration

Every setting of \`slipstream.yaml\`, with the environment variable that sets it too, if there is one; the variable wins. This page is made from
the schema (\`npm run config:schema\`), as [slipstream.schema.json](../slipstream.schema.json) is for editors;
[slipstream.example.yaml](../slipstream.example.yaml) is a file to start from. Names end in their unit: \`Ms\` milliseconds, \`Bytes\`, \`Days\`,
\`Ratio\` a part of 1. What is wrong is told at the start, all of it at once, and nothing starts; names that there are not are refused.

\`web.preset: open-webui\` (\`WEB_PRESET\`) has defaults of its own for the section \`web\` ([which](balancing.md#open-webui)).
`;

/** `docs/configuration.md`: every setting, section by section, in Markdown. */
export function configReference(): string {
  const { properties = {} } = configJsonSchema() as Node;
  const sections = Object.entries(properties).map(([name, node]) => sectionOf(name, node));
  return `${[HEAD, ...sections].join('\n')}`;
}

const sectionOf = (name: string, node: Node): string =>
  [`## ${name}`, '', '| setting | default | values | |', '| --- | --- | --- | --- |', ...rowsOf([name], node), ''].join('\n');

/** Of a setting, and of those within it. */
function rowsOf(path: readonly string[], node: Node): string[] {
  const { properties, items, additionalProperties } = node;
  if (properties) return [...(node.description && path.length > 1 ? [row(path, node)] : []), ...rowsWithin(path, properties)];
  if (items?.properties) return [row(path, node), ...rowsWithin([...path.slice(0, -1), `${path.at(-1)}[]`], items.properties)];
  if (additionalProperties) return [row(path, node), ...rowsWithin([...path, '<name>'], additionalProperties.properties ?? {})];
  return [row(path, node)];
}

const rowsWithin = (path: readonly string[], properties: Record<string, Node>): string[] => Object.entries(properties).flatMap(([name, node]) => rowsOf([...path, name], node));

function row(path: readonly string[], node: Node): string {
  const variable = ENVIRONMENT.find((each) => each.path.join('.') === path.join('.'))?.name;
  const name = `\`${path.join('.')}\`${variable ? `<br>\`${variable}\`` : ''}`;
  return `| ${[name, defaultOf(path.at(-1)!, node), valuesOf(node), node.description ?? ''].map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function defaultOf(name: string, { type, default: value }: Node): string {
  if (value === undefined || type === 'object') return '';
  if (Array.isArray(value) && value.length === 0) return 'none';
  const inUnit = typeof value === 'number' ? readable(name, value) : undefined;
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\`${inUnit ? ` (${inUnit})` : ''}`;
}

const UNITS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  Ms: { h: 3_600_000, min: 60_000, s: 1000 },
  Bytes: { GiB: 1024 ** 3, MiB: 1024 ** 2, KiB: 1024 },
};

/** `60000` ms are 1 min. */
function readable(name: string, value: number): string | undefined {
  const units = Object.entries(UNITS).find(([ending]) => name.endsWith(ending))?.[1] ?? {};
  const [unit, size = 1] = Object.entries(units).find(([, each]) => value > 0 && value % each === 0) ?? [];
  return unit && `${value / size} ${unit}`;
}

function valuesOf(node: Node): string {
  const { type, enum: among, const: only, anyOf, oneOf, items, properties } = node;
  if (only !== undefined) return `\`${String(only)}\``;
  if (among) return among.map((value) => `\`${String(value)}\``).join(', ');
  if (anyOf ?? oneOf) return (anyOf ?? oneOf)!.map(valuesOf).join(' or ');
  if (type === 'integer' || type === 'number') return rangeOf(node);
  if (type === 'boolean') return '`true`, `false`';
  if (type === 'array') return items?.properties ? 'list of settings' : `list: ${valuesOf(items ?? {})}`;
  if (properties) return `\`{ ${Object.entries(properties).map(([name, each]) => (each.const === undefined ? name : `${name}: ${String(each.const)}`)).join(', ')} }\``;
  return type === 'object' ? 'settings by name' : 'text';
}

function rangeOf({ minimum, exclusiveMinimum, maximum }: Node): string {
  const from = exclusiveMinimum === undefined ? `${minimum}` : `more than ${exclusiveMinimum}`;
  const isOpen = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER;
  if (isOpen) return exclusiveMinimum === undefined ? `${from} or more` : from;
  return exclusiveMinimum === undefined ? `${from} to ${maximum}` : `${from}, up to ${maximum}`;
}
