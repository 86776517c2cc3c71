import { execFileSync } from 'node:child_process';
import { ESLint } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';

let eslint: ESLint;

beforeAll(() => {
  // The import rule reads Nx's project graph, and says nothing where there is none.
  execFileSync('nx', ['graph', '--file=.nx/graph.json'], {
    env: { ...process.env, NX_DAEMON: 'false' },
    stdio: 'ignore',
  });
  eslint = new ESLint();
}, 60_000);

/** Rules that a planted line breaks. */
async function broken(filePath: string, code: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(`${code}\n`, { filePath });
  return result!.messages.map(({ ruleId }) => ruleId);
}

const HASH_MEMBER = `export class Planted {
  #hidden = 1;
  read(): number {
    return this.#hidden;
  }
}`;

/** A function that takes so many lines. */
const longFunction = (lines: number): string =>
  `export function planted(): void {\n${"  console.log('line');\n".repeat(lines - 2)}}`;

const BOUNDARY = '@nx/enforce-module-boundaries';

describe('the rules, each with a violation planted', { timeout: 60_000 }, () => {
  it.each([
    ['the kernel imports a platform lib', 'libs/contracts/src/planted.ts', `import '@slipstream/config';`, BOUNDARY],
    ['a platform lib imports a capability', 'libs/redis/src/planted.ts', `import '@slipstream/mongo';`, BOUNDARY],
    ['a capability imports its own kind', 'libs/mongo/src/planted.ts', `import '@slipstream/rabbitmq';`, BOUNDARY],
    ['a capability imports a domain lib', 'libs/mongo/src/planted.ts', `import '@slipstream/chats';`, BOUNDARY],
    ['a domain lib imports its own kind', 'libs/chats/src/planted.ts', `import '@slipstream/access';`, BOUNDARY],
    ['a domain lib imports a driver', 'libs/chats/src/planted.ts', `import 'mongoose';`, 'no-restricted-imports'],
    ['a service imports a domain lib', 'libs/runtime/src/planted.ts', `import '@slipstream/chats';`, BOUNDARY],
    ['a capability imports the upstream', 'libs/cache/src/planted.ts', `import '@slipstream/upstream';`, BOUNDARY],
    ['the upstream imports a service', 'libs/upstream/src/planted.ts', `import '@slipstream/proxy';`, BOUNDARY],
    ['a service imports its own kind', 'libs/llm/src/planted.ts', `import '@slipstream/proxy';`, BOUNDARY],
    ['a lib imports an app', 'libs/mongo/src/planted.ts', `import '@slipstream/gateway';`, BOUNDARY],
    ['a service imports the demo models', 'libs/llm/src/planted.ts', `import '@slipstream/demo-models';`, BOUNDARY],
    ['an app imports an app', 'apps/gateway/src/planted.ts', `import '@slipstream/chat-worker';`, BOUNDARY],
    ['an app imports a driver', 'apps/gateway/src/planted.ts', `import 'mongoose';`, 'no-restricted-imports'],
    ['a start loads OpenAPI', 'apps/gateway/src/planted.ts', `import '@nestjs/swagger';`, 'no-restricted-imports'],
    [
      'a lib imports a driver that is not its own',
      'libs/redis/src/planted.ts',
      `import 'amqplib';`,
      'no-restricted-imports',
    ],
    [
      'an app imports the mail driver',
      'apps/notification-worker/src/planted.ts',
      `import 'nodemailer';`,
      'no-restricted-imports',
    ],
    ['a tool signals by pid', 'tools/planted.mjs', `process.kill(0, 'SIGTERM');`, 'no-restricted-properties'],
    [
      'a service signals by pid',
      'libs/runtime/src/planted.ts',
      `process.kill(0, 'SIGTERM');`,
      'no-restricted-properties',
    ],
    ['a spec signals by pid', 'e2e/src/planted.ts', `process.kill(0, 'SIGTERM');`, 'no-restricted-properties'],
    [
      'an object literal has an accessor',
      'libs/http-cache/src/planted.ts',
      'export const planted = { get size() { return 1; } };',
      'no-restricted-syntax',
    ],
    ['a function has more than 30 lines', 'libs/redis/src/planted.ts', longFunction(31), 'max-lines-per-function'],
    ['a function of a bench has more than 35 lines', 'bench/planted.mjs', longFunction(36), 'max-lines-per-function'],
    [
      'a function outgrows the exception of its file',
      'libs/proxy/src/forwarding.ts',
      longFunction(41),
      'max-lines-per-function',
    ],
    [
      'a text has a word that the glossary replaced',
      'libs/redis/src/planted.ts',
      "export const text = 'nobody tells the backend';",
      'slipstream/public-words',
    ],
    [
      'so does a template',
      'apps/gateway/src/planted.ts',
      'export const text = (n: number) => `${n} fleets and more`;',
      'slipstream/public-words',
    ],
    ['so does a name', 'libs/redis/src/planted.ts', 'export const fleet = 1;', 'slipstream/public-words'],
    ['so does a comment', 'libs/mongo/src/planted.ts', '// one flight of two\n', 'slipstream/public-words'],
    [
      'a comment of a finished library describes software as a person',
      'libs/rabbitmq/src/planted.ts',
      '// nobody knows\n',
      'slipstream/public-words',
    ],
    [
      'a string is longer than a line',
      'libs/redis/src/planted.ts',
      `export const text = '${'x'.repeat(120)}';`,
      'max-len',
    ],
    ['a class hides a member with #', 'libs/redis/src/planted.ts', HASH_MEMBER, 'no-restricted-syntax'],
    [
      'code outside libs/config reads the environment',
      'apps/gateway/src/planted.ts',
      'void process.env.PORT;',
      'no-restricted-properties',
    ],
  ])('%s: refused', async (_, filePath, code, rule) => {
    expect(await broken(filePath, code)).toContain(rule);
  });

  it.each([
    ['standalone imports apps', 'apps/standalone/src/planted.ts', `import '@slipstream/gateway';`],
    ['an app imports the demo models', 'apps/gateway/src/planted.ts', `import '@slipstream/demo-models';`],
    ['an app imports a service', 'apps/gateway/src/planted.ts', `import '@slipstream/llm';`],
    ['the owner imports its driver', 'libs/mongo/src/planted.ts', `import 'mongoose';`],
    ['libs/config reads the environment', 'libs/config/src/planted.ts', 'void process.env.PORT;'],
    ['a counter of requests in flight', 'libs/redis/src/planted.ts', 'export const inFlight = 0;'],
    ['a URL is longer than a line', 'libs/redis/src/planted.ts', `// https://example.org/${'x'.repeat(120)}`],
    ['a function has 30 lines', 'libs/redis/src/planted.ts', longFunction(30)],
    ['a spec is a long list', 'libs/redis/src/planted.spec.ts', longFunction(31)],
  ])('%s: fine', async (_, filePath, code) => {
    expect(await broken(filePath, code)).toEqual([]);
  });
});
