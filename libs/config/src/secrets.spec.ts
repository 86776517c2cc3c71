import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, configJsonSchema, loadConfig, type JsonNode } from './index.js';

let cwd: string;
beforeEach(async () => void (cwd = await mkdtemp(join(tmpdir(), 'secrets-'))));
afterEach(() => rm(cwd, { recursive: true }));

const write = (name: string, text: string | Buffer) => writeFile(join(cwd, name), text);
const load = (env: NodeJS.ProcessEnv = {}) => loadConfig({ service: 'standalone', env, cwd });

async function mistakes(env: NodeJS.ProcessEnv = {}): Promise<readonly string[]> {
  const error = await load(env).catch((thrown: unknown) => thrown);
  if (!(error instanceof ConfigError)) expect.fail('the configuration was accepted');
  return error.mistakes;
}

/** Paths of all secrets of the schema. */
function secretsOf({ properties = {}, items, additionalProperties }: JsonNode, path: string[] = []): string[][] {
  const below = Object.entries(properties).flatMap(([name, node]) =>
    node.writeOnly ? [[...path, name]] : secretsOf(node, [...path, name]),
  );
  return [
    ...below,
    ...(items ? secretsOf(items, [...path, '[]']) : []),
    ...(additionalProperties ? secretsOf(additionalProperties, [...path, 'name']) : []),
  ];
}

/** A valid value of each secret, and what its section needs besides. */
const SAMPLES: Readonly<Record<string, { value: string; beside?: object }>> = {
  'redis.url': { value: 'redis://:s3cret@host:6379/0' },
  'rabbitmq.url': { value: 'amqp://me:s3cret@host' },
  'mongodb.uri': { value: 'mongodb://me:s3cret@host/chats' },
  'web.stickiness.secret': { value: 's3cret-of-16-letters' },
  'web.cdn.signing.key': { value: 's3cret-of-32-letters-for-signing-urls' },
  'web.cdn.purge.token': { value: 's3cret-token' },
  'web.cdn.signing.formerKey': {
    value: 's3cret-of-32-letters-for-signing-urls',
    beside: { key: 'current-of-32-letters-for-signing-urls' },
  },
  'llm.backends.[].apiKey': { value: 'sk-s3cret', beside: { url: 'http://a/v1' } },
  'documents.extractors.external.apiKey': { value: 'sk-s3cret', beside: { url: 'http://a' } },
  'tracing.authorization': { value: 'Bearer s3cret' },
  'notifications.email.url': { value: 'smtp://me:s3cret@host', beside: { from: 'a@b' } },
};
const SECRETS = secretsOf(configJsonSchema());

/** A configuration that sets one thing only. */
const nested = (path: readonly string[], value: unknown, beside: object = {}): object => {
  const [first, ...rest] = path;
  if (first === '[]') return [nested(rest, value, beside)];
  return rest.length > 0 ? { [first!]: nested(rest, value, beside) } : { [first!]: value, ...beside };
};
const valueAt = (path: readonly string[], within: unknown): unknown =>
  path.reduce((value, part) => (value as Record<string, unknown>)[part === '[]' ? 0 : part], within);

it('has a sample for every secret of the schema', () => {
  expect(SECRETS.map((path) => path.join('.')).sort()).toEqual(Object.keys(SAMPLES).sort());
});

describe.each(SECRETS.map((path) => path.join('.')))('secret %s', (name) => {
  const path = name.split('.');
  const { value, beside } = SAMPLES[name]!;
  const fileOf = [...path.slice(0, -1), `${path.at(-1)}File`];
  const config = (at: readonly string[], text: string) =>
    write('slipstream.yaml', JSON.stringify(nested(at, text, beside)));

  it('is read from the file that …File names, without the newline at its end', async () => {
    await write('secret', `${value}\n`);
    await config(fileOf, 'secret');
    expect(valueAt(path, await load())).toBe(value);
  });

  it('is read without the byte order mark of its file', async () => {
    await write('secret', `\ufeff${value}\r\n`);
    await config(fileOf, 'secret');
    expect(valueAt(path, await load())).toBe(value);
  });

  it('is read from a variable', async () => {
    await config(path, '${SECRET_OF_THE_SPEC}');
    expect(valueAt(path, await load({ SECRET_OF_THE_SPEC: value }))).toBe(value);
  });

  it('refuses a variable that is not set, and names it', async () => {
    await config(path, '${SECRET_OF_THE_SPEC}');
    expect(await mistakes({ SECRET_OF_THE_SPEC: '' })).toEqual([
      `slipstream.yaml:1: ${name.replace('.[]', '[0]')}: refers to the variable SECRET_OF_THE_SPEC, ` +
        'which is not set; write $${ for the text ${ itself',
    ]);
  });

  it.each([
    ['is not there', undefined, "can't be read (ENOENT)"],
    ['is empty', '\n', 'is an empty file'],
    ['is large', 's3cret'.repeat(20_000), 'is larger than 65536 bytes'],
    ['is no text', Buffer.from('s3cret', 'utf16le').fill(0xff, 0, 1), 'is not UTF-8 text'],
  ])('refuses a file that %s, and says only that', async (_, content, text) => {
    if (content !== undefined) await write('secret', content);
    await config(fileOf, 'secret');
    expect(await mistakes()).toEqual([`slipstream.yaml:1: ${name.replace('.[]', '[0]')}File: ${text}`]);
  });

  it('is refused beside its file', async () => {
    await write('slipstream.yaml', JSON.stringify(nested(path, value, { ...beside, [fileOf.at(-1)!]: 'secret' })));
    expect(await mistakes()).toEqual([
      `slipstream.yaml:1: ${name.replace('.[]', '[0]')}File: is set together with ${path.at(-1)}; keep one of them`,
    ]);
  });
});

describe('a reference to a variable', () => {
  it('may be a part of a text, and of any text', async () => {
    await write('slipstream.yaml', 'mongodb: { uri: "mongodb://${USER}:${PASSWORD}@db/chats" }');
    expect((await load({ USER: 'u', PASSWORD: 'p' })).mongodb.uri).toBe('mongodb://u:p@db/chats');
  });

  it('is a number where the setting is one', async () => {
    await write('slipstream.yaml', 'listen:\n  port: ${HTTP}\n  allowedHosts: ["${NAME}"]\nprocesses: ${N}');
    const config = await load({ HTTP: '8123', NAME: '42', N: '1' });
    expect(config).toMatchObject({ listen: { port: 8123, allowedHosts: ['42'] }, processes: 1 });
  });

  it('is not followed by another: what a variable holds is taken as it is', async () => {
    await write('slipstream.yaml', 'web: { stickiness: { secret: "${A}" } }');
    expect((await load({ A: '${B} and $${C} and more' })).web.stickiness.secret).toBe('${B} and $${C} and more');
  });

  it('is none behind another $', async () => {
    await write('slipstream.yaml', 'web: { stickiness: { secret: "$${A} costs $5, $$ and ${B}" } }');
    expect((await load({ B: '$${' })).web.stickiness.secret).toBe('${A} costs $5, $$ and $${');
  });

  it.each(['${}', '${A', '${A:-b}', '${A-b}', 'x${ A }'])('is refused as %j', async (text) => {
    await write('slipstream.yaml', JSON.stringify({ web: { overlayFile: text } }));
    expect(await mistakes({ A: 'a' })).toEqual([
      'slipstream.yaml:1: web.overlayFile: contains ${ without a name and }; write $${ for the text ${ itself',
    ]);
  });

  it('says what to do within braces, where YAML itself takes it for more of them', async () => {
    await write('slipstream.yaml', 'redis: { url: ${REDIS} }');
    expect((await mistakes({ REDIS: 'redis://r' })).join('\n')).toContain('put text with ${ } in quotes');
  });
});

describe('a variable', () => {
  it.each([
    ['REDIS_URL', 'redis.url'],
    ['RABBITMQ_URL', 'rabbitmq.url'],
    ['MONGODB_URI', 'mongodb.uri'],
  ])('%s may be in a file', async (name, path) => {
    const { value } = SAMPLES[path]!;
    await write('secret', `${value}\n`);
    expect(valueAt(path.split('.'), await load({ [`${name}_FILE`]: 'secret' }))).toBe(value);
    expect(await mistakes({ [`${name}_FILE`]: 'none' })).toEqual([`${name}_FILE: can't be read (ENOENT)`]);
    expect(await mistakes({ [`${name}_FILE`]: 'secret', [name]: value })).toEqual([
      `${name}_FILE: is set together with ${name}; keep one of them`,
    ]);
  });

  it('is named by the file that it came from', async () => {
    await write('secret', 'http://s3cret');
    expect((await mistakes({ REDIS_URL_FILE: 'secret' })).join('\n')).toMatch(
      /^redis\.url \(REDIS_URL_FILE\): must be/,
    );
  });

  it('LLM_API_KEYS has a key for each backend, or none', async () => {
    const LLM_BACKENDS = 'http://a/v1,http://b/v1';
    expect((await load({ LLM_BACKENDS, LLM_API_KEYS: 'sk-a, sk-b' })).llm.backends).toMatchObject([
      { url: 'http://a/v1', apiKey: 'sk-a' },
      { url: 'http://b/v1', apiKey: 'sk-b' },
    ]);
    expect((await load({ LLM_BACKENDS, LLM_API_KEYS: ',sk-b' })).llm.backends).toEqual([
      { url: 'http://a/v1', weight: 1 },
      { url: 'http://b/v1', weight: 1, apiKey: 'sk-b' },
    ]);
    await write('keys', 'sk-a,sk-b\n');
    expect((await load({ LLM_BACKENDS, LLM_API_KEYS_FILE: 'keys' })).llm.backends[1]).toMatchObject({ apiKey: 'sk-b' });
  });

  it.each([
    ['http://a/v1,http://b/v1', 'has 1 keys, but LLM_BACKENDS has 2 backends; '],
    ['', 'has 1 keys, but LLM_BACKENDS has 0 backends; '],
  ])('LLM_API_KEYS is refused when LLM_BACKENDS is %j', async (backends, text) => {
    const found = await mistakes({ LLM_BACKENDS: backends, LLM_API_KEYS: 's3cret' });
    expect(found).toEqual([expect.stringContaining(`LLM_API_KEYS: ${text}`)]);
    expect(found.join()).not.toContain('s3cret');
  });
});

it.each(['sk-a\nX-Evil: 1', 'sk-a\r\nb', 'sk a', 'sk-\u0001', 'sk-é'])('sends no API key like %j', async (key) => {
  await write('secret', key);
  const backends = [{ url: 'http://a/v1', apiKeyFile: 'secret' }];
  await write('slipstream.yaml', JSON.stringify({ llm: { backends } }));
  const found = await mistakes();
  expect(found).toEqual([expect.stringContaining('must be ASCII without spaces and line breaks')]);
  expect(found.join()).not.toContain('sk');
});

it('waits for no named pipe', async () => {
  execFileSync('mkfifo', [join(cwd, 'pipe')]);
  expect(await mistakes({ REDIS_URL_FILE: 'pipe' })).toEqual(['REDIS_URL_FILE: is no regular file']);
});
