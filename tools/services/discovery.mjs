import { relative } from 'node:path';
import { Failure } from '../failure.mjs';
import { readInstance } from './instance-record.mjs';
import { Unavailable } from './unavailable.mjs';

/**
 * What the search for a service is told.
 * @typedef {object} Context
 * @property {string} dataDir absolute path of the service's folder; each candidate keeps its data in a folder of its
 * own name there
 * @property {string} cacheDir absolute path of the folder for downloads that are kept between runs
 * @property {boolean} consentToInstall whether system packages may be installed
 * @property {NodeJS.ProcessEnv} env
 * @property {(line: string) => void} log takes one line for a person
 */

/**
 * One way to get a service.
 * @template Found
 * @typedef {object} Candidate
 * @property {string} name unique per service
 * @property {string} wayOut what a person can do to make this candidate work
 * @property {(context: Context) => Promise<Found>} find a look without side effects; throws Unavailable with the reason
 * @property {(found: Found, context: Context) => Promise<Service>} start throws Unavailable with the reason
 */

/**
 * @typedef {object} Service
 * @property {string} url
 * @property {string} how where it came from, for a person
 * @property {() => Promise<void>} stop ends what was started for it; does nothing for a URL that was given
 */

/**
 * Tries the candidates in order, and takes the first that starts. The one that owns the data kept from last time is
 * tried before the others, because only it can read them; a URL that was given comes before all.
 * @param {string} service its name for people
 * @param {Candidate<any>[]} candidates
 * @param {Context} context
 * @returns {Promise<Service>}
 * @throws {Failure} naming every way out, when none can be had
 */
export async function discover(service, candidates, context) {
  const owner = readInstance(context.dataDir)?.candidate;
  const misses = [];
  for (const candidate of inOrder(candidates, owner)) {
    try {
      const found = await candidate.find(context);
      const started = await candidate.start(found, context);
      context.log(`${service}: ${started.how}`);
      return started;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      misses.push({ candidate, reason: error.message });
      if (candidate.name === owner)
        context.log(`${service}: ${owner}, which keeps the data so far, is not available: ${error.message}`);
    }
  }
  throw new Failure(waysOut(service, misses));
}

/**
 * @param {Candidate<any>[]} candidates
 * @param {string | undefined} owner name of the candidate whose data exist
 */
export function inOrder(candidates, owner) {
  const rank = ({ name }) => (name === GIVEN_URL ? 0 : name === owner ? 1 : 2);
  return candidates.toSorted((a, b) => rank(a) - rank(b));
}

const GIVEN_URL = 'given URL';

/**
 * The URL that a person set. It is trusted as it is: whoever uses it waits for it and says so.
 * @param {string} variable
 * @returns {Candidate<string>}
 */
export function givenUrl(variable) {
  return {
    name: GIVEN_URL,
    wayOut: `set ${variable} to the URL of a running one`,
    async find({ env }) {
      if (!env[variable]) throw new Unavailable(`${variable} is not set`);
      return env[variable];
    },
    start: async (url) => ({ url, how: `as ${variable} says`, stop: async () => {} }),
  };
}

/**
 * A path as short as it can be said, for a person.
 * @param {string} path
 */
export function shortPath(path) {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

function waysOut(service, misses) {
  const lines = misses.map(({ candidate, reason }) => `  - ${candidate.wayOut} (now: ${reason})`);
  return [`${service} is needed and could not be had. Any one of these helps:`, ...lines].join('\n');
}
