/**
 * Words that the texts for users and operators no longer use, and the terms of docs/glossary.md that took their place.
 * A word comes in here once no text has it.
 */
export const REPLACED_WORDS = {
  flight: 'coalesced fetch',
  audience: 'subscribers',
  patience: 'deadline',
  era: 'purge epoch',
  fault: 'violation, or unexpected error',
  wish: 'pick option',
  'stand-in': 'stale-if-error response',
  roster: 'picker',
  pickable: 'picker',
  fleet: 'cluster bus',
  survey: 'scatter-gather',
  pardon: 'reset',
  'model place': 'model concurrency',
  'end notice': 'completion notice',
  weather: 'outage',
  'two-level': 'tiered',
  'two-tier': 'tiered',
  think: 'software reports, stores or requests',
  heed: 'software reads or applies',
};

const PATTERN = new RegExp(`\\b(${Object.keys(REPLACED_WORDS).join('|')})(?:s|es)?\\b(?! injection)`, 'gi');

/** A text for people has words with spaces between them; an identifier, a path or a key has not. */
const isText = (value) => /\S \S/.test(value);

/** @param {string} text @returns {string[]} the replaced words in it, in lower case and the singular */
export const replacedWordsIn = (text) =>
  isText(text) ? [...text.matchAll(PATTERN)].map(([, word]) => word.toLowerCase()) : [];

/** @type {import('eslint').Rule.RuleModule} */
const rule = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { replaced: 'Write {{ term }} instead of "{{ word }}" (docs/glossary.md).' },
  },
  create(context) {
    const check = (node, text) => {
      for (const word of replacedWordsIn(text))
        context.report({ node, messageId: 'replaced', data: { word, term: REPLACED_WORDS[word] } });
    };
    return {
      Literal: (node) => typeof node.value === 'string' && check(node, node.value),
      TemplateElement: (node) => check(node, node.value.raw),
    };
  },
};

/** The plugin of eslint.config.js. */
export default { rules: { 'public-words': rule } };
