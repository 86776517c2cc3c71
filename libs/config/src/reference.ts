import { ENVIRONMENT, isSecret, secretFileVariable } from './environment.js';
import { configJsonSchema, secretFileName, type JsonNode } from './json-schema.js';
import { PRESETS } from './presets.js';

const HEAD = `# Configuration

This page lists every setting of \`slipstream.yaml\`. A service reads the file from its working directory, or from the
path in \`SLIPSTREAM_CONFIG\`. Start from [slipstream.example.yaml](../slipstream.example.yaml). Editors check the file
against [slipstream.schema.json](../slipstream.schema.json). \`npx slipstream check\` checks it without a start.

- **Variables.** Some settings also have an environment variable, listed below the setting. The variable overrides the
  file. A list in a variable is comma-separated and replaces the whole list of the file. Backends from a variable have
  weight 1.
- **Mistakes.** Unknown keys are rejected. A service with an invalid configuration reports every mistake at once, with
  file and line, and does not start.
- **Secrets.** A secret can be in a file of its own ([Secrets](operating.md#secrets)): its setting with \`File\` at the
  end, or its variable with \`_FILE\`, is the path of that file.
- **References.** \`\${NAME}\` within any text is replaced by the variable \`NAME\`, which must be set. Write
  \`$\${\` for the text \`\${\`.
- **Units.** Names end in their unit: \`Ms\` (milliseconds), \`Seconds\`, \`Days\`, \`Bytes\`, or \`Ratio\` (0 to 1).
- **Presets.** \`web.preset: open-webui\` (\`WEB_PRESET\`) changes defaults of section \`web\`, listed below the general
  ones ([why](balancing.md#open-webui)). It also adds [cache rules](response-cache.md).
- **Defaults.** If a default is empty, the setting has none, or its description gives it. *Required* settings must be
  present if their section or list entry is.

The page is generated from the schema (\`npm run config:schema\`).
`;

/** Returns `docs/configuration.md`: every setting, by section, in Markdown. */
export function configReference(): string {
  const { properties = {} } = configJsonSchema();
  const sections = Object.entries(properties).map(([name, node]) => sectionOf(name, node));
  return [HEAD, ...sections].join('\n');
}

const sectionOf = (name: string, node: JsonNode): string =>
  [`## ${name}`, '', '| setting | default | values | |', '| --- | --- | --- | --- |', ...rowsOf([name], node), ''].join(
    '\n',
  );

/** Rows of a setting and of the settings within it. */
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
  const cells = [name, given, valuesOf(node), node.description ?? ''];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** Returns the name of the variable that sets it, or of the variable with the path of its file. */
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

/** Returns the values that presets have in place of a setting's default. Their many cache rules are omitted. */
function presetsOf(path: readonly string[], otherwise: unknown): string[] {
  return Object.entries(PRESETS).flatMap(([preset, web]) => {
    const value = path.reduce<unknown>((within, part) => (within as Record<string, unknown> | undefined)?.[part], {
      web,
    });
    const isSection = typeof value === 'object' && !Array.isArray(value);
    return value === undefined || value === otherwise || isSection ? [] : [`${preset}: ${written(path, value)}`];
  });
}

/** Returns a value as YAML, followed by a readable unit such as `1 h` where one exists. */
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
