/** Chats that are remembered as waiting for one model; whoever comes beyond is woken again by the sweeper. */
const MAX_WAITING = 1_000;

interface Places {
  taken: number;
  /** Ids of chats, in the order in which they came. */
  waiting: Set<string>;
}

/**
 * How many answers of one model this worker generates at a time, so that a model that is slow, or asked much, leaves
 * the worker's other places to the others. A chat that finds its model full holds no place while it waits.
 */
export class ModelPlaces {
  private readonly models = new Map<string, Places>();

  /** @param limit places of each model. Minimum 1 */
  constructor(private readonly limit: number) {}

  /** @returns whether the chat has a place now; if not, it waits, and {@link next} will name it */
  take(model: string, chatId: string): boolean {
    const places = this.models.get(model) ?? { taken: 0, waiting: new Set<string>() };
    this.models.set(model, places);
    const isFree = places.taken < this.limit;
    if (isFree) places.taken += 1;
    else if (places.waiting.size < MAX_WAITING) places.waiting.add(chatId);
    return isFree;
  }

  /** Gives the place back; the chat, which may have more to ask, comes after those that wait. */
  leave(model: string, chatId: string): void {
    const places = this.models.get(model);
    if (!places) return;
    places.taken -= 1;
    places.waiting.add(chatId);
  }

  /** The chat that has waited longest, when there is a place for it; it waits no more then. */
  next(model: string): string | undefined {
    const places = this.models.get(model);
    if (!places || places.taken >= this.limit) return undefined;
    const [first] = places.waiting;
    if (first !== undefined) places.waiting.delete(first);
    if (places.taken === 0 && places.waiting.size === 0) this.models.delete(model);
    return first;
  }
}
