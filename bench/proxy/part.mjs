/**
 * One question of the bench, which can be asked alone.
 * @template Measured
 * @typedef {object} Part
 * @property {string} name as on the command line
 * @property {() => Promise<string[]>} peers names and versions of what it needs beside our own; throws Failure when one
 * is missing
 * @property {(context: Context) => Promise<Measured>} measure starts what it needs, and ends it
 * @property {(measured: Measured) => Verdict[]} verdicts
 * @property {(measured: Measured) => string} section of the report, in Markdown
 *
 * @typedef {object} Context
 * @property {{REDIS_URL: string, RABBITMQ_URL: string, MONGODB_URI: string}} stores
 * @property {number} rounds of the requests
 * @property {number} seconds of each way in each of them
 * @property {string} [cpuProfileDir] where the gateway of the requests leaves a profile
 * @property {(line: string) => void} log
 * @property {AbortSignal} signal
 *
 * @typedef {object} Verdict
 * @property {string} aim
 * @property {string} measured
 * @property {boolean} isMet
 */
