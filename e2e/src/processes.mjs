/**
 * Specs signal the processes of a group, which are no children of theirs, as the tools do: only while they are the
 * same.
 */
export { isRunning, recordOf, signalProcess } from '../../tools/processes.mjs';
