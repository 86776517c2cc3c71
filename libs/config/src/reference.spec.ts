import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { configJsonSchema } from './json-schema.js';
import { configReference } from './reference.js';

const top = (name: string): URL => new URL(`../../../${name}`, import.meta.url);

it('is up to date as a page (npm run config:schema)', async () => {
  expect(await readFile(top('docs/configuration.md'), 'utf8')).toBe(configReference());
});

it('has every setting of the schema', () => {
  const names = [...JSON.stringify(configJsonSchema()).matchAll(/"properties":\{"(\w+)"/g)].map(([, name]) => name!);
  const text = configReference();
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !new RegExp(`[.\`# ]${name}\\b`).test(text))).toEqual([]);
});

it('calls required only what has no default', () => {
  const required = configReference()
    .split('\n')
    .flatMap((line) => /^\| `([^`]+)`.* \| required \|/.exec(line)?.[1] ?? []);
  expect(required).toEqual(
    expect.arrayContaining([
      'keys[].id',
      'web.backends[].url',
      'notifications.email.from',
      'web.cache.reads.<name>.class',
    ]),
  );
  expect(required.filter((name) => !/[[<]|^notifications\.email\.|^listen\.internal\./.test(name))).toEqual([]);
});

it('says of every setting what it is', () => {
  expect(
    configReference()
      .split('\n')
      .filter((line) => line.endsWith('|  |')),
  ).toEqual([]);
});

it.each([
  [
    'a number and its variable',
    '| `listen.port`<br>`PORT` | `8080` | 0 to 65535 | Port of the public listener. 0: any free port. |',
  ],
  ['bytes', '| `listen.maxBodyBytes` | `1048576` (1 MiB) | 1 or more | Largest request body of the native API. |'],
  ['one of several words', '| `log.level`<br>`LOG_LEVEL` | `info` |'],
  ['a setting within a list', '| `keys[].id` | required | text | Name of the key in logs. |'],
  ["a setting under a name of the operator's", '| `web.cache.reads.<name>.'],
  ['what a preset has instead', '| `web.headersTimeoutMs` | `60000` (1 min)<br>open-webui: `600000` (10 min) |'],
  ["a preset's list", '| `["/"]`<br>open-webui: `["/ws/socket.io"]` |'],
  ['one of several shapes', '`{ type: cookie, name }`'],
])('tells %s', (_, line) => {
  expect(configReference()).toContain(line);
});
