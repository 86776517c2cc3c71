import type { RemovalStore, RemovedKind } from './removal.store.js';

/** Last passes of one round. */
const BATCH = 100;

/** How objects of one kind are removed. */
interface Removable {
  exists(id: string): Promise<boolean>;
  /** Removes the remaining data of a deleted object. */
  finish(id: string, userId: string): Promise<unknown>;
}

/** Makes the last pass of each removal that is due: it deletes data that was written during the removal. */
export async function makeLastPasses(
  removals: Pick<RemovalStore, 'takeDue' | 'done'>,
  kinds: Readonly<Record<RemovedKind, Removable>>,
  ending: AbortSignal,
): Promise<void> {
  for (let made = 0; made < BATCH && !ending.aborted; made += 1) {
    const removal = await removals.takeDue();
    if (!removal) return;
    const { kind, id, userId } = removal;
    // An existing one was never deleted, or was created again under its Idempotency-Key.
    if (!(await kinds[kind].exists(id))) await kinds[kind].finish(id, userId);
    await removals.done(removal);
  }
}
