import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import ts from 'typescript-eslint';
import publicWords from './tools/public-words.mjs';
import {
  LONGER_FUNCTIONS,
  MAX_FUNCTION_LINES,
  MAX_TOOL_FUNCTION_LINES,
  TOOL_FOLDERS,
} from './tools/function-lines.mjs';

/** The only folder that may import a driver or a library that is loaded on demand; all others go through it. */
const DRIVER_OWNERS = {
  ioredis: 'libs/redis',
  'cache-manager-ioredis-yet': 'libs/cache',
  amqplib: 'libs/rabbitmq',
  'amqp-connection-manager': 'libs/rabbitmq',
  mongoose: 'libs/mongo',
  nodemailer: 'libs/notifications',
  '@lancedb/lancedb': 'libs/vectors',
  '@nestjs/swagger': 'apps/gateway/src/openapi',
};

const ENVIRONMENT = {
  object: 'process',
  property: 'env',
  message: 'Only libs/config reads the environment; take what you need from Config.',
};

/** A pid may belong to another process by now, and 0, 1 or a negative one to all of them. */
const SIGNAL_BY_PID = {
  object: 'process',
  property: 'kill',
  message:
    'Signal a child by its handle (child.kill), any other process by signalProcess or signalGroup of ' +
    'tools/processes.mjs.',
};

/** One privacy style in the whole workspace. */
const HASH_MEMBER = { selector: 'PrivateIdentifier', message: 'Write `private name`, not `#name`.' };
/** V8 allocates the pair of an accessor old, and a scavenge keeps all that its functions refer to. */
const LITERAL_ACCESSOR = {
  selector: 'ObjectExpression > Property[kind=/^[gs]et$/]',
  message: 'Make it a class: an accessor of an object literal keeps its request from being freed by scavenges.',
};
/** Their objects are made once per process. */
const ONCE_PER_PROCESS = [
  'libs/cache/src/create-cache.ts',
  'libs/runtime/src/serve.ts',
  'libs/telemetry/src/access-log/line-writer.ts',
];

/**
 * Imports point one way. Services, domain libs and capabilities don't import their own kind; an app imports no app,
 * standalone aside; `demo` is what an app serves where nothing real is configured.
 */
const LAYERS = {
  kernel: [],
  platform: ['kernel', 'platform'],
  capability: ['kernel', 'platform'],
  upstream: ['kernel', 'platform', 'capability'],
  domain: ['kernel', 'platform', 'capability'],
  service: ['kernel', 'platform', 'capability', 'upstream'],
  demo: ['kernel', 'platform'],
  app: ['kernel', 'platform', 'capability', 'upstream', 'domain', 'service', 'demo'],
  standalone: ['kernel', 'platform', 'capability', 'upstream', 'domain', 'service', 'demo', 'app'],
  e2e: ['kernel', 'capability', 'domain'],
  conformance: ['e2e'],
  chaos: ['e2e', 'domain', 'capability', 'platform', 'kernel'],
  fuzz: ['e2e'],
};

/** Refuse old names, and therefore contain them. */
const QUOTES_OLD_WORDS = ['libs/config/src/renamed-settings.ts', 'libs/config/src/web-cache.schema.ts'];

const layerConstraints = Object.entries(LAYERS).map(([layer, below]) => ({
  sourceTag: `layer:${layer}`,
  onlyDependOnLibsWithTags: below.length > 0 ? below.map((name) => `layer:${name}`) : ['layer:none'],
}));

/** Blank lines and comments do not count. Specs and the contract suites of testing/ are lists of cases. */
const functionLines = (files, max) => ({
  files,
  ignores: ['**/*spec.ts', '**/testing/**'],
  rules: { 'max-lines-per-function': ['error', { max, skipBlankLines: true, skipComments: true }] },
});

const driverRules = [...new Set([...Object.values(DRIVER_OWNERS), 'apps', 'libs'])].map((folder) => ({
  files: [`${folder}/**/*.ts`],
  rules: { 'no-restricted-imports': ['error', { paths: driversBannedIn(folder) }] },
}));

function driversBannedIn(folder) {
  return Object.entries(DRIVER_OWNERS)
    .filter(([, owner]) => owner !== folder)
    .map(([name, owner]) => ({ name, message: `Only ${owner} imports ${name}; go through it.` }));
}

export default ts.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', '.slipstream/**'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  { ignores: ['tools/processes.mjs'], rules: { 'no-restricted-properties': ['error', SIGNAL_BY_PID] } },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        AbortSignal: 'readonly',
        AbortController: 'readonly',
        performance: 'readonly',
        TextDecoderStream: 'readonly',
        TextDecoder: 'readonly',
        setImmediate: 'readonly',
        WebSocket: 'readonly',
      },
    },
  },
  {
    rules: {
      'max-len': ['error', { code: 120, ignoreUrls: true, ignoreRegExpLiterals: true }],
    },
  },
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          allow: [],
          depConstraints: layerConstraints,
          enforceBuildableLibDependency: true,
          banTransitiveDependencies: false,
        },
      ],
      'no-restricted-syntax': ['error', HASH_MEMBER],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/no-extraneous-class': 'off',
      // Declared names of the platform's own ("{}" for an empty Vue-like shape) don't occur here; empty interfaces by
      // design do.
      '@typescript-eslint/no-empty-object-type': 'off',
    },
  },
  {
    files: ['apps/**/*.ts', 'libs/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/*.int-spec.ts', '**/testing/**', ...ONCE_PER_PROCESS],
    rules: { 'no-restricted-syntax': ['error', HASH_MEMBER, LITERAL_ACCESSOR] },
  },
  {
    files: ['apps/**/*.ts', 'libs/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/*.int-spec.ts', '**/testing/**', ...QUOTES_OLD_WORDS],
    plugins: { slipstream: publicWords },
    rules: { 'slipstream/public-words': 'error' },
  },
  functionLines(['apps/**/*.ts', 'libs/**/*.ts'], MAX_FUNCTION_LINES),
  functionLines(
    TOOL_FOLDERS.map((folder) => `${folder}/**/*.{ts,mjs}`),
    MAX_TOOL_FUNCTION_LINES,
  ),
  ...Object.entries(LONGER_FUNCTIONS).map(([file, max]) => functionLines([file], max)),
  // A configuration of vitest belongs to no project, and the specs of tools/ read the whole workspace.
  { files: ['**/vitest.config.ts', 'tools/**'], rules: { '@nx/enforce-module-boundaries': 'off' } },
  // The wider folder comes last in the table above, so the owner's own rule must win over it: order by specificity.
  ...driverRules.sort((a, b) => a.files[0].split('/').length - b.files[0].split('/').length),
  {
    files: ['apps/**/*.ts', 'libs/**/*.ts'],
    ignores: ['libs/config/**', '**/*.spec.ts', '**/*.int-spec.ts', '**/testing/**'],
    rules: {
      'no-restricted-properties': ['error', SIGNAL_BY_PID, ENVIRONMENT],
    },
  },
  // It signals the group of its own child.
  {
    files: ['libs/assets/src/worker/transformer-process.ts'],
    rules: { 'no-restricted-properties': ['error', ENVIRONMENT] },
  },
);
