/**
 * One proxy before the pods, on a core of its own.
 * @typedef {object} Way
 * @property {string} name
 * @property {string} url
 * @property {number} pid whose time on the core is counted
 * @property {() => Promise<void>} stop
 * @property {number} [connections] of the load. Default: CONNECTIONS
 * @property {string} [script] of wrk, in place of the one that asks for a page
 * @property {RequestInit} [warmUp] the first request
 */

/** Connections from the load to the proxy, and as many as it keeps to the pods. */
export const CONNECTIONS = 64;
