/** A candidate cannot be used here, and the message says why in a few words. The search goes on with the next one. */
export class Unavailable extends Error {
  name = 'Unavailable';
}
