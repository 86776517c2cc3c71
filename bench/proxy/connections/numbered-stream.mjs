import { eventsOf, send } from '../../harness/http.mjs';

const EVERY_MS = 100;

/**
 * Opens a stream of events that are numbered from 0.
 * @param {string} url
 * @param {number} count of its events
 * @returns {Promise<{ended: Promise<{events: number, outOfOrder: number}>}>} once it is open
 */
export async function openStream(url, count) {
  const response = await send('GET', `${url}/events?count=${count}&everyMs=${EVERY_MS}`);
  return { ended: listen(response) };
}

/** One that breaks has lost the rest. */
async function listen(response) {
  const heard = { events: 0, outOfOrder: 0 };
  try {
    for await (const { data } of eventsOf(response)) if (Number(data) !== heard.events++) heard.outOfOrder += 1;
  } catch (error) {
    console.error(`An event stream broke: ${error.message}`);
  }
  return heard;
}
