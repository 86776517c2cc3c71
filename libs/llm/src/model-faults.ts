/** Errors in a row after which a server is asked last for a model. */
const CONSECUTIVE_ERRORS = 5;
/** How long it is; then one more error is enough. */
const COOLDOWN_MS = 30_000;
/** Bounds what calls of made-up paths could fill. */
const MAX_ENTRIES = 1000;
const NONE: readonly string[] = [];

/** The errors of one kind of call at one server. */
interface Faults {
  errors: number;
  untilMs: number;
}

/** A model at a path, such as `/chat/completions`. */
export interface CallKind {
  model: string;
  path: string;
}

/**
 * Which servers fail a model again and again, although they may do well with others: passive health per server and
 * model. Such a server is asked last for that model.
 */
export class ModelFaults {
  private readonly faults = new Map<string, Faults>();

  /** @param now monotonic, in ms */
  constructor(private readonly now: () => number) {}

  report(url: string, kind: CallKind, isError: boolean): void {
    if (!isError && this.faults.size === 0) return;
    const key = keyOf(url, kind);
    const errors = (this.faults.get(key)?.errors ?? 0) + 1;
    this.faults.delete(key);
    if (!isError) return;
    if (this.faults.size >= MAX_ENTRIES) this.faults.delete(this.faults.keys().next().value as string);
    this.faults.set(key, { errors, untilMs: errors >= CONSECUTIVE_ERRORS ? this.now() + COOLDOWN_MS : 0 });
  }

  /** Those of these servers that are asked last for such a call. */
  avoided(urls: Iterable<string>, kind: CallKind): readonly string[] {
    if (this.faults.size === 0) return NONE;
    const nowMs = this.now();
    return [...urls].filter((url) => (this.faults.get(keyOf(url, kind))?.untilMs ?? 0) > nowMs);
  }
}

const keyOf = (url: string, { model, path }: CallKind): string => `${model}\n${path.split('?', 1)[0]}\n${url}`;
