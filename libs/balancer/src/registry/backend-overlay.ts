import type { BackendOptions } from '../backend.js';

/** Changes of one backend at run time, which override the configuration. */
export interface BackendOverride {
  url: string;
  weight?: number;
  priority?: number;
  isDraining?: boolean;
  /** Added at run time: it is in the pool although the configuration does not name it. */
  isAdded?: boolean;
  /** Removed at run time, although the configuration names it. */
  isRemoved?: boolean;
}

/** Returns the configured backends with the changes of run time. */
export function applyOverlay(
  configured: readonly BackendOptions[],
  overlay: readonly BackendOverride[],
): readonly BackendOptions[] {
  const overrides = new Map(overlay.map((override) => [override.url, override]));
  const names = new Set(configured.map(({ url }) => url));
  const added = overlay.filter(({ url, isAdded }) => isAdded && !names.has(url)).map(({ url }) => ({ url }));
  return [...configured, ...added]
    .filter(({ url }) => !overrides.get(url)?.isRemoved)
    .map((backend) => changed(backend, overrides.get(backend.url)));
}

function changed(backend: BackendOptions, override: BackendOverride | undefined): BackendOptions {
  if (!override) return backend;
  const { weight = backend.weight, priority = backend.priority, isDraining = backend.isDraining } = override;
  return { ...backend, weight, priority, isDraining };
}
