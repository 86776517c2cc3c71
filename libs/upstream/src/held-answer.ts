import type { Receiver } from '@slipstream/http';
import { Discard } from './discard.js';

/** Bytes of a held answer that are read; the rest waits at its backend. */
const MAX_BYTES = 64 * 1024;

type End = { readonly type: 'whole' } | { readonly type: 'broken'; readonly error: unknown };

type State =
  | { readonly type: 'held'; end?: End }
  | { readonly type: 'passed'; readonly to: Receiver }
  | { readonly type: 'dropped'; readonly rest: Discard };

/** An answer that its client gets only if no other backend answers better. */
export class HeldAnswer implements Receiver {
  onGone?: (violation?: unknown) => void;
  onWritable?: () => void;
  statusCode = 0;
  headers: string[] = [];
  private isEventStream = false;
  private isAnnounced = false;
  private state: State = { type: 'held' };
  private chunks: Buffer[] = [];
  private size = 0;

  /** @param onHead called once with its head, and with the part of the body that arrived together with it */
  constructor(
    readonly backend: string,
    private readonly onHeld: (answer: HeldAnswer) => void,
  ) {}

  get isGone(): boolean {
    return this.state.type === 'passed' && this.state.to.isGone;
  }

  /** Passes the buffered data, and all further data, to `to`. */
  passTo(to: Receiver): void {
    const end = this.state.type === 'held' ? this.state.end : undefined;
    this.state = { type: 'passed', to };
    to.onGone = (violation) => this.onGone?.(violation);
    if (to.isGone) return this.onGone?.();
    to.begin(this.statusCode, this.headers, this.isEventStream);
    let hasRoom = true;
    for (const chunk of this.chunks) hasRoom = to.write(chunk);
    this.chunks = [];
    to.onWritable = () => this.onWritable?.();
    if (end?.type === 'whole') to.end();
    else if (end) to.breakOff(end.error);
    else {
      to.flush();
      if (hasRoom) this.onWritable?.();
    }
  }

  /** Drops the answer, because another one is better. */
  drop(): void {
    const isOver = this.state.type === 'held' && this.state.end !== undefined;
    const rest = new Discard(() => this.onGone?.());
    this.state = { type: 'dropped', rest };
    this.chunks = [];
    if (isOver) rest.end();
    else this.onWritable?.();
  }

  inform(): void {}

  begin(statusCode: number, headers: string[], isEventStream: boolean): void {
    Object.assign(this, { statusCode, headers, isEventStream });
  }

  write(chunk: Buffer): boolean {
    if (this.state.type === 'passed') return this.state.to.write(chunk);
    if (this.state.type === 'dropped') {
      this.state.rest.take(chunk);
      return true;
    }
    this.chunks.push(chunk);
    this.size += chunk.length;
    return this.size < MAX_BYTES;
  }

  flush(): void {
    if (this.state.type === 'passed') this.state.to.flush();
    else this.announce();
  }

  end(): void {
    this.finish({ type: 'whole' });
  }

  breakOff(error: unknown): void {
    this.finish({ type: 'broken', error });
  }

  /** Never called, because the answer has begun. */
  refuse(): void {}

  private finish(end: End): void {
    const { state } = this;
    if (state.type === 'held') {
      state.end = end;
      return this.announce();
    }
    if (state.type === 'dropped') return state.rest.end();
    if (end.type === 'whole') state.to.end();
    else state.to.breakOff(end.error);
  }

  private announce(): void {
    if (this.isAnnounced) return;
    this.isAnnounced = true;
    this.onHeld(this);
  }
}
