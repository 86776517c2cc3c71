/**
 * What an app's Node is started with. A service bounds its heap by itself (libs/runtime/src/processes/bound-heap.ts).
 *
 * Stacks name the lines of the sources. The maps of all modules are read at start, which costs about a quarter more of
 * its processor time, so benches and the processes of specs do without.
 */
export const STACKS_OF_SOURCES = ['--enable-source-maps'];

/**
 * Environment of an app, unless its user sets it otherwise: glibc returns what LanceDB and the extraction of documents
 * free. By default it keeps the freed memory of each thread apart, and raises both thresholds up to 64 MiB as large
 * blocks are freed: then it keeps such blocks as well. The manifests set the same: k8s/base and docker/compose.yml.
 */
export const APP_ENVIRONMENT = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
};
