/**
 * What an app's Node is started with. A service bounds its heap by itself (libs/runtime/src/processes/bound-heap.ts).
 *
 * Stacks name the lines of the sources. The maps of all modules are read at start, which costs about a quarter more of
 * its processor time, so benches and the processes of specs do without.
 */
export const STACKS_OF_SOURCES = ['--enable-source-maps'];
