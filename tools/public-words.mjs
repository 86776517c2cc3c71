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

/** Uses of these words that have another meaning. */
const ALLOWED = /\bin[ -]flight\b|\binflight\b|\bfault[ -]injection\b|\binjected faults?\b|\binject faults?\b/gi;

const patternOf = (words) => new RegExp(`(?<![\\w-])(${Object.keys(words).join('|')})(?:s|es)?(?![\\w-])`, 'gi');
const REPLACED = patternOf(REPLACED_WORDS);
const PRIVATE = patternOf(PRIVATE_WORDS);

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
    schema: [
      { type: 'object', properties: { comments: { enum: ['replaced', 'private'] } }, additionalProperties: false },
    ],
    messages: { replaced: 'Write {{ term }} instead of "{{ word }}" (docs/glossary.md).' },
  },
  create(context) {
    const report = (at, words) => {
      for (const word of words)
        context.report({
          ...at,
          messageId: 'replaced',
          data: { word, term: REPLACED_WORDS[word] ?? PRIVATE_WORDS[word] },
        });
    };
    const text = (node, value) => report({ node }, isText(value) ? privateWordsIn(value) : replacedWordsIn(value));
    const inComment = context.options[0]?.comments === 'private' ? privateWordsIn : replacedWordsIn;
    return {
      Program: () => {
        for (const comment of context.sourceCode.getAllComments())
          report({ loc: comment.loc }, inComment(comment.value));
      },
      Identifier: (node) => report({ node }, replacedWordsIn(node.name)),
      Literal: (node) => typeof node.value === 'string' && text(node, node.value),
      TemplateElement: (node) => text(node, node.value.raw),
    };
  },
};

/** The plugin of eslint.config.js. */
export default { rules: { 'public-words': rule } };
