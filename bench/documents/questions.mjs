import { textOf } from './texts.mjs';

const FIRST = ['Ruth', 'Ines', 'Matteo', 'Ottilie', 'Jonas', 'Leila', 'Yusuf', 'Thandi', 'Pilar', 'Bronwen'];
const LAST = ['Calloway', 'Marrero', 'Ferri', 'Brandt', 'Eriksen'];
const BEGINNINGS = ['North', 'Grey', 'Salt', 'Raven', 'Thorn', 'Whale', 'Ember', 'Silver', 'Mallow', 'Crane'];
const ENDINGS = ['reef', 'ness', 'holm', 'stack', 'point'];
const GOODS = ['salted herring', 'anthracite', 'sailcloth', 'lamp glass', 'timber', 'barley', 'tarred twine', 'honey'];
const FUELS = ['paraffin', 'rapeseed oil', 'acetylene', 'petroleum vapour', 'colza'];
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'];
const COLOURS = ['crimson', 'white', 'emerald', 'amber', 'violet', 'blue', 'pink', 'turquoise', 'ivory', 'scarlet'];

const DOCUMENTS = 50;
/** Passages that answer nothing, in each document. */
const FILLERS = 1;

/** Made for this bench: 50 documents of 5 passages, and 200 questions in other words, each with its one passage. */
export function labelledSet() {
  const passages = [];
  const questions = [];
  for (let n = 0; n < DOCUMENTS; n += 1) {
    for (const { text, query } of factsOf(n)) {
      questions.push({
        query,
        relevant: `d${n}:${passages.filter(({ documentId }) => documentId === `d${n}`).length}`,
      });
      add(passages, n, text);
    }
    for (let filler = 0; filler < FILLERS; filler += 1) add(passages, n, textOf(n * FILLERS + filler, 250));
  }
  return { passages, questions };
}

function add(passages, n, text) {
  const documentId = `d${n}`;
  const ordinal = passages.filter((each) => each.documentId === documentId).length;
  passages.push({ userId: 'u', documentId, fence: 1, ordinal, text, start: 0, end: text.length });
}

function factsOf(n) {
  const place = BEGINNINGS[n % 10] + ENDINGS[Math.floor(n / 10)];
  const name = `${FIRST[(n * 3) % 10]} ${LAST[Math.floor(n / 10)]}`;
  const goods = `${GOODS[n % 8]} and ${GOODS[(n + 1 + Math.floor(n / 8)) % 8]}`;
  const colours = `${COLOURS[n % 10]} and ${COLOURS[(n + 1 + Math.floor(n / 10)) % 10]}`;
  const misspelt = n % 5 === 0 ? `${place.slice(0, 3)}${place.slice(4)}` : place;
  return [
    {
      text: `${name} has looked after the light at ${place} since ${1850 + n}, with two assistants and a boy.`,
      query: `Who is the keeper in ${misspelt}?`,
    },
    {
      text:
        `When mist hides the coast, the siren of ${place} gives ${2 + (n % 7)} blasts, ` +
        `and rests for ${20 + n} seconds.`,
      query: `How often does the foghorn of ${misspelt} sound?`,
    },
    {
      text: `A vessel lands ${goods} at ${place} every second ${DAYS[n % 5]}, if the swell allows it.`,
      query: `Which station gets ${goods} by boat?`,
    },
    {
      text: `The optic of ${place} shows ${colours}, and its burner consumes ${FUELS[n % 5]}.`,
      query: `Where is the lamp seen from the sea in the colours ${colours}?`,
    },
  ];
}
