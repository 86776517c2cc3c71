import { relative } from 'node:path';

/**
 * Words that the terms of docs/glossary.md replaced, each with its term. They appear in no name, comment, text, page or
 * file name.
 */
export const REPLACED_WORDS = {
  flight: 'coalesced fetch, or running load',
  audience: 'subscribers',
  patience: 'deadline',
  era: 'purge epoch',
  wish: 'pick options',
  roster: 'picker',
  pickable: 'picker',
  fleet: 'cluster bus',
  survey: 'scatter-gather',
  pardon: 'reset',
  'model place': 'model concurrency',
  'end notice': 'completion notice',
  weather: 'outage, or fault injection',
  'two-level': 'tiered',
  'two-tier': 'tiered',
  heed: 'follow, or read',
  'hold ms': 'cooldownMs',
  'person claim': 'userClaim',
};

/** Words that describe software as a person, or name no subject. They appear in no text and no page. */
export const PRIVATE_WORDS = {
  fault: 'violation, error, or fault injection',
  'stand-in': 'stale-if-error response',
  tell: 'publish, report, or return',
  tells: 'publishes, reports, or returns',
  told: 'published, reported, or returned',
  hear: 'receive',
  hears: 'receives',
  heard: 'received',
  think: 'report, store, or request',
  thinks: 'reports, stores, or requests',
  know: 'store, or is known',
  knows: 'stores, or is known',
  nobody: 'no client, no user, or no process',
  whoever: 'the client, the user, or the caller',
  people: 'users',
  person: 'user',
  ill: 'unhealthy',
  'that there are not': 'unknown',
  'of theirs': 'name the owner',
  'as long as it is there': 'while it exists',
  'is told': 'receives',
};

/**
 * Words of code, each with its term. They appear in no name, comment or text of apps and libraries, except in
 * {@link OTHER_MEANINGS}.
 */
export const CODE_WORDS = {
  ask: 'request, query, or require',
  asked: 'requested, queried, or required',
  asking: 'requesting, or querying',
  everybody: 'all clients, or all users',
  somebody: 'a client, a user, or a process',
  member: 'backend',
  moment: 'time, or purge epoch',
  pod: 'backend',
  reader: 'subscriber',
  trial: 'half-open',
};

/** Places where a word of {@link CODE_WORDS} has another meaning: beginnings of paths. */
export const OTHER_MEANINGS = {
  // of a JSON object, of a list in a field, of a replica set
  member: [
    'libs/http/src/',
    'libs/http-cache/src/',
    'libs/llm/src/openai/',
    'libs/mongo/src/',
    'apps/gateway/src/doctor/',
  ],
  // of Kubernetes
  pod: ['apps/gateway/src/doctor/'],
  // of bytes: a body, an answer, an index, a file, standard output
  reader: [
    'libs/documents/src/extraction/',
    'libs/http/src/',
    'libs/http-cache/src/coalescing/',
    'libs/llm/src/',
    'libs/mongo/src/explain/',
    'libs/telemetry/src/access-log/',
    'libs/upstream/src/',
  ],
  // of an index that is hidden for a while
  trial: ['apps/gateway/src/admin/admin-links.ts', 'apps/gateway/src/queries/', 'libs/mongo/src/explain/'],
};

/** A sentence without a subject: "What a request needs". Name the thing. */
const HEADLESS = /(?:^|[.;:] |@param \w+ |@returns )(what|who|whom|whoever|whatever|those that)\b(?![^.]*\?)/gi;

/** Uses of these words that have another meaning. */
const ALLOWED =
  /\bindex trials?\b|\bin[ -]flight\b|\binflight\b|\bfault[ -]injection\b|\binjected faults?\b|\binject faults?\b/gi;

const TERMS = { ...REPLACED_WORDS, ...PRIVATE_WORDS, ...CODE_WORDS };

const patternOf = (words) => new RegExp(`(?<![\\w-])(${Object.keys(words).join('|')})(?:s|es)?(?![\\w-])`, 'gi');
const REPLACED = patternOf(REPLACED_WORDS);
const PRIVATE = patternOf(PRIVATE_WORDS);
const CODE = patternOf(CODE_WORDS);

/** `cooldownMs`, `COOLDOWN_MS` and `cooldown_ms` become `cooldown ms`. */
const asWords = (text) =>
  text
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/(?<=\w)_(?=\w)/g, ' ')
    .toLowerCase();

const found = (pattern, text) =>
  [...asWords(text).replace(ALLOWED, '').matchAll(pattern)].map(([, word]) => word.toLowerCase());

/** @param {string} name or comment or path @returns {string[]} the replaced words in it */
export const replacedWordsIn = (name) => found(REPLACED, name);

/** @param {string} text for users, operators or readers @returns {string[]} the replaced and private words in it */
export const privateWordsIn = (text) => [...found(REPLACED, text), ...found(PRIVATE, text)];

/**
 * @param {string} text of a name, a comment or a literal
 * @param {string} path of the file, from the root
 * @returns {string[]} the words of {@link CODE_WORDS} in it that mean no other thing there
 */
export const codeWordsIn = (text, path) =>
  found(CODE, text).filter((word) => !OTHER_MEANINGS[word]?.some((place) => path.startsWith(place)));

/** @param {string} comment @returns {string[]} the words that begin a sentence in place of a subject */
export function headlessIn(comment) {
  const lines = comment.split('\n').map((line) => line.replace(/^[\s*]+/, '').trimEnd());
  return [...lines.join(' ').matchAll(HEADLESS)].map(([, word]) => word.toLowerCase());
}

/** A text for users has words with spaces between them; an identifier, a path or a key has not. */
export const isText = (value) => /[a-z] [a-z]/i.test(value);

/** The page without its code, and without the targets of its links. */
export const proseOf = (markdown) =>
  markdown
    .replace(/^```[^]*?^```/gm, '')
    .replace(/`[^`\n]*`/g, '')
    .replace(/\]\([^)]*\)/g, ']');

/** @type {import('eslint').Rule.RuleModule} */
const rule = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: {
      replaced: 'Write {{ term }} instead of "{{ word }}" (docs/glossary.md).',
      headless: 'Begin the sentence with its subject instead of "{{ word }}".',
    },
  },
  create(context) {
    const path = relative(context.cwd, context.filename);
    const report = (at, messageId, words) => {
      for (const word of words) context.report({ ...at, messageId, data: { word, term: TERMS[word] } });
    };
    const inName = (name) => [...privateWordsIn(name), ...codeWordsIn(name, path)];
    const inLiteral = (value) => [
      ...(isText(value) ? privateWordsIn(value) : replacedWordsIn(value)),
      ...codeWordsIn(value, path),
    ];
    return {
      Program: () => {
        for (const { loc, value } of context.sourceCode.getAllComments()) {
          report({ loc }, 'replaced', inName(value));
          report({ loc }, 'headless', headlessIn(value));
        }
      },
      Identifier: (node) => report({ node }, 'replaced', inName(node.name)),
      Literal: (node) => typeof node.value === 'string' && report({ node }, 'replaced', inLiteral(node.value)),
      TemplateElement: (node) => report({ node }, 'replaced', inLiteral(node.value.raw)),
    };
  },
};

/** The plugin of eslint.config.js. */
export default { rules: { 'public-words': rule } };
