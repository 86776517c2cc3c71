import { ENVIRONMENT, isSecret, secretFileVariable } from './environment.js';
import { configJsonSchema, secretFileName, type JsonNode } from './json-schema.js';
import { PRESETS } from './presets.js';

const HEAD = `# Configuration

Every setting of \`slipstream.yaml\` (in the directory where a service is started; elsewhere if \`SLIPSTREAM_CONFIG\` names it), with the environment
variable that sets it too, if there is one; the variable wins. Lists are comma-separated there, and take the place of the file's whole list: backends from a
variable have no weights of their own. If anything is wrong, nothing starts, and the error names every mistake with its file and line; unknown names are
mistakes. \`npx slipstream check\` checks a file without a start.

A secret need not be in the file ([Secrets](operating.md#secrets)). Its setting with \`File\` at its end, or its variable with \`_FILE\`, names a file that holds
it. \`\${NAME}\` within any text is the value of the variable \`NAME\`, which must be set; \`$\${\` is the text \`\${\` itself.

Names end in their unit: \`Ms\` milliseconds, \`Seconds\`, \`Days\`, \`Bytes\`, \`Ratio\` a part of 1. This page is made from the schema
(\`npm run config:schema\`), as [slipstream.schema.json](../slipstream.schema.json) is for editors; [slipstream.example.yaml](../slipstream.example.yaml)
is a file to start from.

\`web.preset: open-webui\` (\`WEB_PRESET\`) has defaults of its own for the section \`web\`, which stand below the others here ([why](balancing.md#open-webui)), and
[rules for the cache](response-cache.md). Where no default stands, a setting has none, or its description says it. *Required* is what a section or an entry
of a list must have, once it is there.
`;

/** `docs/configuration.md`: every setting, section by section, in Markdown. */
export function configReference(): string {
  const { properties = {} } = configJsonSchema();
  const sections = Object.entries(properties).map(([name, node]) => sectionOf(name, node));
  return [HEAD, ...sections].join('\n');
}

const sectionOf = (name: string, node: JsonNode): string =>
  [`## ${name}`, '', '| setting | default | values | |', '| --- | --- | --- | --- |', ...rowsOf([name], node), ''].join(
    '\n',
  );

/** Of a setting, and of those within it. */
function rowsOf(path: readonly string[], node: JsonNode, isRequired = false): string[] {
  const { properties, items, additionalProperties } = node;
  const own = row(path, node, isRequired);
  if (properties) return [...(node.description && path.length > 1 ? [own] : []), ...rowsWithin(path, node)];
  if (items?.properties) return [own, ...rowsWithin([...path.slice(0, -1), `${path.at(-1)}[]`], items)];
  if (additionalProperties) return [own, ...rowsWithin([...path, '<name>'], additionalProperties)];
  return [own];
}

const rowsWithin = (path: readonly string[], { properties = {}, required = [] }: JsonNode): string[] =>
  Object.entries(properties).flatMap(([name, node]) => rowsOf([...path, name], node, required.includes(name)));

function row(path: readonly string[], node: JsonNode, isRequired: boolean): string {
  const name = [path.join('.'), ...variableAt(path)].map((each) => `\`${each}\``).join('<br>');
  const given = [...(isRequired ? ['required'] : defaultOf(path, node)), ...presetsOf(path, node.default)].join('<br>');
  return `| ${[name, given, valuesOf(node), node.description ?? ''].map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** Name of the variable that sets it, or that holds the path of its file. */
function variableAt(path: readonly string[]): string[] {
  const setting = path.join('.');
  return ENVIRONMENT.flatMap((variable) => {
    const own = variable.path.join('.');
    if (own === setting) return [variable.name];
    return isSecret(variable) && secretFileName(own) === setting ? [secretFileVariable(variable.name)] : [];
  });
}

const defaultOf = (path: readonly string[], { type, default: value }: JsonNode): string[] =>
  value === undefined || type === 'object' ? [] : [written(path, value)];

/**
 * What the presets have for a setting in place of its default; of their rules for the cache, which are many, nothing.
 */
function presetsOf(path: readonly string[], otherwise: unknown): string[] {
  return Object.entries(PRESETS).flatMap(([preset, web]) => {
    const value = path.reduce<unknown>((within, part) => (within as Record<string, unknown> | undefined)?.[part], {
      web,
    });
    const isSection = typeof value === 'object' && !Array.isArray(value);
    return value === undefined || value === otherwise || isSection ? [] : [`${preset}: ${written(path, value)}`];
  });
}

/** A value as one writes it; `1 h` beside it where that says more than the number. */
function written(path: readonly string[], value: unknown): string {
  if (Array.isArray(value) && value.length === 0) return 'none';
  const inUnit = typeof value === 'number' ? readable(path.at(-1)!, value) : undefined;
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

function valuesOf(node: JsonNode): string {
  const { type, enum: among, const: only, anyOf, oneOf, items, properties } = node;
  if (only !== undefined) return `\`${String(only)}\``;
  if (among) return among.map((value) => `\`${String(value)}\``).join(', ');
  if (anyOf ?? oneOf) return (anyOf ?? oneOf)!.map(valuesOf).join(' or ');
  if (type === 'integer' || type === 'number') return rangeOf(node);
  if (type === 'boolean') return '`true`, `false`';
  if (type === 'array') return items?.properties ? 'list of settings' : `list: ${valuesOf(items ?? {})}`;
  if (properties)
    return `\`{ ${Object.entries(properties)
      .map(([name, each]) => (each.const === undefined ? name : `${name}: ${String(each.const)}`))
      .join(', ')} }\``;
  return type === 'object' ? 'settings by name' : 'text';
}

function rangeOf({ minimum, exclusiveMinimum, maximum }: JsonNode): string {
  const from = exclusiveMinimum === undefined ? `${minimum}` : `more than ${exclusiveMinimum}`;
  const isOpen = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER;
  if (isOpen) return exclusiveMinimum === undefined ? `${from} or more` : from;
  return exclusiveMinimum === undefined ? `${from} to ${maximum}` : `${from}, up to ${maximum}`;
}
