import type { Lane } from '@slipstream/contracts';

/** Chats that are remembered as waiting for one model in one lane; whoever comes beyond is woken again by the sweeper. */
const MAX_WAITING = 1_000;
/** So often interactive chats go first while background ones wait, as in the queue. */
const INTERACTIVE_IN_A_ROW = 8;

interface Places {
  taken: Record<Lane, number>;
  /** Ids of chats, in the order in which they came. */
  waiting: Record<Lane, Set<string>>;
  /** Interactive chats that were named since the last background one. */
  inARow: number;
}

/**
 * How many answers of one model this worker generates at a time, so that a model that is slow, or asked much, leaves
 * the worker's other places to the others. A chat that finds its model full holds no place while it waits. Background
 * work has at most half of a model's places, and comes after interactive work.
 */
export class ModelPlaces {
  private readonly models = new Map<string, Places>();

  /** @param limit places of each model. Minimum 1 */
  constructor(private readonly limit: number) {}

  /** @returns whether the chat has a place now; if not, it waits, and {@link next} will name it */
  take(model: string, lane: Lane, chatId: string): boolean {
    const places = this.models.get(model) ?? newPlaces();
    this.models.set(model, places);
    const isFree = this.isFree(places, lane);
    if (isFree) places.taken[lane] += 1;
    else if (places.waiting[lane].size < MAX_WAITING) places.waiting[lane].add(chatId);
    return isFree;
  }

  /** Gives the place back; the chat, which may have more to ask, comes after those that wait. */
  leave(model: string, lane: Lane, chatId: string): void {
    const places = this.models.get(model);
    if (!places) return;
    places.taken[lane] -= 1;
    places.waiting[lane].add(chatId);
  }

  /** The chat whose turn it is, when there is a place for it; it waits no more then. */
  next(model: string): string | undefined {
    const places = this.models.get(model);
    const lane = places && this.laneOfNext(places);
    if (!lane) return undefined;
    const { taken, waiting } = places;
    places.inARow = lane === 'interactive' ? places.inARow + 1 : 0;
    const [first] = waiting[lane];
    if (first !== undefined) waiting[lane].delete(first);
    if (countOf(taken) === 0 && waiting.interactive.size + waiting.background.size === 0) this.models.delete(model);
    return first;
  }

  private laneOfNext(places: Places): Lane | undefined {
    const [hasInteractive, hasBackground] = (['interactive', 'background'] as const).map((lane) => places.waiting[lane].size > 0 && this.isFree(places, lane));
    if (hasInteractive && !(hasBackground && places.inARow >= INTERACTIVE_IN_A_ROW)) return 'interactive';
    return hasBackground ? 'background' : undefined;
  }

  private isFree({ taken }: Places, lane: Lane): boolean {
    const hasShare = lane === 'interactive' || taken.background < Math.max(1, Math.floor(this.limit / 2));
    return hasShare && countOf(taken) < this.limit;
  }
}

const newPlaces = (): Places => ({ taken: { interactive: 0, background: 0 }, waiting: { interactive: new Set(), background: new Set() }, inARow: 0 });

const countOf = ({ interactive, background }: Record<Lane, number>): number => interactive + background;
