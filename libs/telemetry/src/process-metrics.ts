import type { Registry } from 'prom-client';
import { collect } from './collected-metrics.js';

/** The running program. */
export interface BuildInfo {
  service: string;
  version: string;
}

/** A metric whose value is always 1, and whose labels say what runs. */
export function showBuild(registry: Registry, { service, version }: BuildInfo): void {
  collect(registry, {
    type: 'gauge',
    name: 'slipstream_build_info',
    help: 'Always 1; the labels say which service runs, in which version, on which Node.',
    labelNames: ['service', 'version', 'node'],
    aggregator: 'max',
    read: () => [[{ service, version, node: process.versions.node }, 1]],
  });
}
