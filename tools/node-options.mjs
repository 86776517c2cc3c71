/**
 * MiB of each half of V8's young generation. Loading the modules fills it, and then it keeps its size; in one too small
 * for the gateway's load, the old generation has to be collected every few seconds
 * (docs/decisions/2026-11-21-small-young-generation.md).
 */
const SEMI_SPACE_MIB = { standalone: 16, gateway: 16 };
const WORKER_SEMI_SPACE_MIB = 4;

/**
 * What an app's Node is started with.
 * @param {string} app its name
 * @returns {string[]}
 */
export const nodeOptionsOf = (app) => [`--max-semi-space-size=${SEMI_SPACE_MIB[app] ?? WORKER_SEMI_SPACE_MIB}`];

/**
 * Bounds V8's old generation.
 * @param {number} bytes as `memoryShares` of libs/config says
 * @returns {string[]}
 */
export const heapOptions = (bytes) => [`--max-old-space-size=${Math.floor(bytes / 1024 / 1024)}`];

/**
 * Stacks name the lines of the sources. The maps of all modules are read at start, which costs about a quarter more of
 * its processor time, so benches and the processes of specs do without.
 */
export const STACKS_OF_SOURCES = ['--enable-source-maps'];
