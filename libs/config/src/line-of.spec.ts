import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ConfigError, loadConfig } from './index.js';

let cwd: string;
beforeEach(async () => void (cwd = await mkdtemp(join(tmpdir(), 'lines-'))));
afterEach(() => rm(cwd, { recursive: true }));

async function mistakesIn(text: string, env: NodeJS.ProcessEnv = {}): Promise<readonly string[]> {
  await writeFile(join(cwd, 'slipstream.yaml'), text);
  const error = await loadConfig({ service: 'standalone', env, cwd }).catch((thrown: unknown) => thrown);
  if (!(error instanceof ConfigError)) expect.fail('the configuration was accepted');
  return error.mistakes;
}

it.each([
  [
    'a name that is no setting',
    'web:\n  backends: []\n  # note\n  health:\n    pth: /up',
    'slipstream.yaml:5: web.health.pth: is not a setting; did you mean path?',
  ],
  [
    'a name with two letters changed over',
    'listen:\n  prot: 80',
    'slipstream.yaml:2: listen.prot: is not a setting; did you mean port?',
  ],
  ['a value', 'chat:\n\n  leaseMs: soon', 'slipstream.yaml:3: chat.leaseMs: must be a number of milliseconds'],
  [
    'an entry of a list',
    'llm:\n  backends:\n    - url: http://a/v1\n    -\n      url: ftp://b',
    'slipstream.yaml:5: llm.backends[1].url: must be a URL that begins with http:// or https://',
  ],
  [
    'what is missing, where its section is',
    'log: {}\nnotifications:\n  email:\n    url: smtp://m',
    'slipstream.yaml:3: notifications.email.from: is required',
  ],
  [
    'what can be reached by an alias',
    'x-pods: &pods\n  pth: /a\nweb:\n  health: *pods',
    'slipstream.yaml:2: web.health.pth: is not a setting; did you mean path?',
  ],
  [
    'what would be dangerous',
    'log: {}\nlisten:\n  host: 0.0.0.0',
    expect.stringMatching(/^slipstream\.yaml:3: listen\.host: is not a loopback address/),
  ],
])('names the line of %s', async (_, text, mistake) => {
  expect(await mistakesIn(text)).toContainEqual(mistake);
});

it('names no line of what a variable set', async () => {
  expect(await mistakesIn('listen:\n  port: 80', { PORT: 'x' })).toEqual(['listen.port (PORT): must be a number']);
  expect((await mistakesIn('listen:\n  port: 80', { HOST: '0.0.0.0' })).join()).toMatch(/^listen\.host: /);
});
