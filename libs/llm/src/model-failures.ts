/** Errors in a row after which a server becomes the last choice for a model. */
const CONSECUTIVE_ERRORS = 5;
/** For how long; after it, one more error is enough. */
const COOLDOWN_MS = 30_000;
/** Limits the memory for calls of invented paths. */
const MAX_ENTRIES = 1000;
const NONE: readonly string[] = [];

/** The errors of one kind of call at one server. */
interface Failures {
  errors: number;
  untilMs: number;
}

/** A model at a path, such as `/chat/completions`. */
export interface CallKind {
  model: string;
  path: string;
}

/**
 * Servers that keep failing a model, although they may serve others well: passive health per server and model. Such a
 * server is the last choice for that model.
 */
export class ModelFailures {
  private readonly failures = new Map<string, Failures>();

  /** @param now monotonic, in ms */
  constructor(private readonly now: () => number) {}

  report(url: string, kind: CallKind, isError: boolean): void {
    if (!isError && this.failures.size === 0) return;
    const key = keyOf(url, kind);
    const errors = (this.failures.get(key)?.errors ?? 0) + 1;
    this.failures.delete(key);
    if (!isError) return;
    if (this.failures.size >= MAX_ENTRIES) this.failures.delete(this.failures.keys().next().value as string);
    this.failures.set(key, { errors, untilMs: errors >= CONSECUTIVE_ERRORS ? this.now() + COOLDOWN_MS : 0 });
  }

  /** Returns those of these servers that are the last choice for such a call. */
  avoided(urls: Iterable<string>, kind: CallKind): readonly string[] {
    if (this.failures.size === 0) return NONE;
    const nowMs = this.now();
    return [...urls].filter((url) => (this.failures.get(keyOf(url, kind))?.untilMs ?? 0) > nowMs);
  }
}

const keyOf = (url: string, { model, path }: CallKind): string => `${model}\n${path.split('?', 1)[0]}\n${url}`;
