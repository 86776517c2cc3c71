import { mongo } from 'mongoose';

const { Long } = mongo;

/** A cursor that was not read on after so many later ones is forgotten. */
const MAX_OPEN = 1000;

/** Which query an open cursor belongs to, so that its later batches count there. */
export class OpenCursors<T> {
  private readonly owners = new Map<string, T>();

  get(id: unknown): T | undefined {
    const key = keyOf(id);
    return key === undefined ? undefined : this.owners.get(key);
  }

  /** @param id of the cursor in an answer; 0 or absent when there is nothing more to read */
  set(id: unknown, owner: T): void {
    if (isZero(id)) return;
    const key = keyOf(id);
    if (key === undefined) return;
    this.owners.delete(key);
    this.owners.set(key, owner);
    const [oldest] = this.owners.keys();
    if (this.owners.size > MAX_OPEN && oldest !== undefined) this.owners.delete(oldest);
  }
}

/** Nearly every answer is the last one of its cursor, so this allocates nothing. */
const isZero = (id: unknown): boolean => id === undefined || id === 0 || (id instanceof Long && id.isZero());

/** The driver gives a Long, a bigint or a number. */
function keyOf(id: unknown): string | undefined {
  const text = typeof id === 'object' && id !== null && 'toBigInt' in id ? String(id) : String(id ?? 0);
  return text === '0' ? undefined : text;
}
