/**
 * What an app's Node is started with. A service bounds its heap by itself (libs/runtime/src/processes/bound-heap.ts).
 *
 * Stacks name the lines of the sources. The maps of all modules are read at start, which costs about a quarter more of
 * its processor time, so benches and the processes of specs do without.
 */
export const STACKS_OF_SOURCES = ['--enable-source-maps'];

/**
 * Environment of an app, unless its user sets it otherwise. By default, glibc keeps the freed memory of each thread
 * apart, and the extraction of documents starts many threads. The manifests set the same: k8s/base and
 * docker/compose.yml.
 */
export const APP_ENVIRONMENT = { MALLOC_ARENA_MAX: '2' };
