/** The oldest major version of Node that runs the services. */
export const MIN_NODE = 24;

/** The reason why this version of Node can't run a service, and what to do. */
export const nodeRefusal = (version: string): string | undefined =>
  Number.parseInt(version) < MIN_NODE
    ? `Slipstream needs Node ${MIN_NODE} or newer; this is Node ${version}. npm ci installed one: ` +
      'export PATH=$PWD/node_modules/.bin:$PATH'
    : undefined;
