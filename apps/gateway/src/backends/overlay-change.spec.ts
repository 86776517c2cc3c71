import { describe, expect, it } from 'vitest';
import { BackendRegistry, type BackendOptions } from '@slipstream/balancer';
import { idOf, withAdded, withChanged, withRemoved, type OverlayState } from './overlay-change.js';

const A = 'http://a:1';
const B = 'http://b:1';
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** The pool of these configured backends after these changes. */
function poolOf(configured: readonly BackendOptions[], overlay: OverlayState['overlay']): readonly BackendOptions[] {
  let backends: readonly BackendOptions[] = [];
  const registry = new BackendRegistry({ configured, onChange: (changed) => (backends = changed), logger: silent });
  registry.start();
  registry.setOverlay(overlay);
  registry.close();
  return backends;
}

const state = (overlay: OverlayState['overlay'] = []): OverlayState => ({
  overlay,
  configured: [A],
  present: poolOf([{ url: A }], overlay).map(({ url }) => url),
});

const pool = (overlay: OverlayState['overlay']) =>
  poolOf([{ url: A }], overlay).map(({ url, weight, isDraining }) => ({
    url,
    ...(weight && { weight }),
    ...(isDraining && { isDraining }),
  }));

describe('a change of the backends', () => {
  it('adds, weighs, drains and removes', () => {
    let overlay = withAdded(state(), { url: `${B}/`, weight: 3 });
    expect(pool(overlay)).toEqual([{ url: A }, { url: B, weight: 3 }]);
    overlay = withChanged(state(overlay), idOf(B), { isDraining: true });
    overlay = withChanged(state(overlay), idOf(A), { weight: 2 });
    expect(pool(overlay)).toEqual([
      { url: A, weight: 2 },
      { url: B, weight: 3, isDraining: true },
    ]);
    overlay = withRemoved(state(overlay), idOf(B));
    expect(pool(overlay)).toEqual([{ url: A, weight: 2 }]);
  });

  it('takes out what the configuration names, and takes it back as it was', () => {
    const removed = withRemoved(state(), idOf(A));
    expect(pool(removed)).toEqual([]);
    expect(pool(withAdded(state(removed), { url: A }))).toEqual([{ url: A }]);
  });

  it('leaves nothing behind of what was added and removed', () => {
    const added = withAdded(state(), { url: B });
    expect(withRemoved(state(added), idOf(B))).toEqual([]);
  });

  it.each<[string, () => unknown, string]>([
    ['adding what is there', () => withAdded(state(), { url: A }), 'backend_exists'],
    ['adding what is there, written otherwise', () => withAdded(state(), { url: 'HTTP://A:1/' }), 'backend_exists'],
    ['adding twice', () => withAdded(state(withAdded(state(), { url: B })), { url: B }), 'backend_exists'],
    ['adding no backend', () => withAdded(state(), { url: 'http://user:secret@b' }), 'invalid_backend_url'],
    ['changing what is not there', () => withChanged(state(), idOf(B), { weight: 1 }), 'backend_not_found'],
    ['removing twice', () => withRemoved(state(withRemoved(state(), idOf(A))), idOf(A)), 'backend_not_found'],
    [
      'too many',
      () =>
        withAdded(state(Array.from({ length: 1000 }, (_, n) => ({ url: `http://x${n}`, isAdded: true }))), { url: B }),
      'too_many_overrides',
    ],
  ])('refuses %s', (_, change, code) => {
    expect(change).toThrow(expect.objectContaining({ code }));
  });

  it('tells no credentials in its refusal', () => {
    expect(() => withAdded(state(), { url: 'http://user:secret@b' })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('secret') }),
    );
  });
});
