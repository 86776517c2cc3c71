import { createHash } from 'node:crypto';
import type { BackendOverride } from '@slipstream/balancer';
import { parseBackendUrl } from '@slipstream/balancer';
import { ConflictError, NotFoundError, type AddBackend, type ChangeBackend } from '@slipstream/contracts';

/** Limit of changes at run time; permanent changes belong in the configuration. */
const MAX_OVERRIDES = 1000;

/** Id of a backend in paths: its URL would need escaping. */
export const idOf = (url: string): string => createHash('sha256').update(url).digest('hex').slice(0, 16);

/** Input of a change. */
export interface OverlayState {
  overlay: readonly BackendOverride[];
  /** URLs in the configuration. */
  configured: readonly string[];
  /** URLs in the pool, including the resolved ones. */
  present: readonly string[];
}

/** @throws InvalidInputError `invalid_backend_url`. @throws ConflictError `backend_exists` or `too_many_overrides` */
export function withAdded(
  { overlay, configured, present }: OverlayState,
  { url: given, weight, priority }: AddBackend,
): readonly BackendOverride[] {
  const { url } = parseBackendUrl(given);
  const isListed = [
    ...configured,
    ...overlay.filter(({ isAdded }) => isAdded).map(({ url }) => url),
    ...present,
  ].includes(url);
  const isRemoved = overlay.some((override) => override.url === url && override.isRemoved);
  if (isListed && !isRemoved)
    throw new ConflictError('backend_exists', `Backend ${url} is already in the pool; change it with PATCH.`);
  return put(overlay, { url, weight, priority, ...(!configured.includes(url) && { isAdded: true }) });
}

/** @throws NotFoundError */
export function withChanged(state: OverlayState, id: string, change: ChangeBackend): readonly BackendOverride[] {
  const url = requireUrl(state, id);
  return put(state.overlay, { ...overrideOf(state, url), ...change });
}

/** @throws NotFoundError */
export function withRemoved(state: OverlayState, id: string): readonly BackendOverride[] {
  const url = requireUrl(state, id);
  const rest = state.overlay.filter((override) => override.url !== url);
  return overrideOf(state, url).isAdded ? rest : put(rest, { url, isRemoved: true });
}

const overrideOf = ({ overlay }: OverlayState, url: string): BackendOverride =>
  overlay.find((override) => override.url === url) ?? { url };

function put(overlay: readonly BackendOverride[], override: BackendOverride): readonly BackendOverride[] {
  const next = [...overlay.filter(({ url }) => url !== override.url), override];
  if (next.length > MAX_OVERRIDES)
    throw new ConflictError(
      'too_many_overrides',
      `At most ${MAX_OVERRIDES} backends can be changed at run time; move permanent changes to the configuration.`,
    );
  return next;
}

function requireUrl({ overlay, configured, present }: OverlayState, id: string): string {
  const removed = new Set(overlay.filter(({ isRemoved }) => isRemoved).map(({ url }) => url));
  const known = [...present, ...configured, ...overlay.map(({ url }) => url)].filter((url) => !removed.has(url));
  const url = known.find((candidate) => idOf(candidate) === id);
  if (url === undefined) throw new NotFoundError('backend', id);
  return url;
}
