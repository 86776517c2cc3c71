export { fromFramework } from './framework-error.js';
export { boundJsonBodies } from './json-bodies.js';
export type { ManagementLink } from './index-page.controller.js';
export { Lifecycle } from './lifecycle.js';
export { cannotListen, createManagement, type Management, type ManagementOptions } from './management.js';
export { ProblemFilter } from './problem.filter.js';
export { openFileLimit } from './open-file-limit.js';
export { watchOpenFiles } from './open-file-watch.js';
export { runProcess, type RunningProcess } from './run-process.js';
