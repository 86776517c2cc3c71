const INSPECT = { value: 'HOST:PORT', isOptional: true };

/** Options of the commands that start the app, whose Node is started with them. */
export const INSPECT_OPTIONS = {
  inspect: { ...INSPECT, help: 'debug the app' },
  'inspect-brk': { ...INSPECT, help: 'debug it from its first line' },
  'inspect-wait': { ...INSPECT, help: 'debug it as soon as a debugger is there' },
};

/**
 * As Node takes them.
 * @param {Record<string, string | true>} options
 * @returns {string[]}
 */
export const inspectArguments = (options) =>
  Object.entries(options).map(([name, value]) => `--${name}${value === true ? '' : `=${value}`}`);
