import { isPlain, MAX_DEPTH, MAX_PARTS, partsOf, type ShapeParts } from './query-shape.js';

/** Longer commands are rare, and not worth their place. */
const MAX_TOKENS = 200;
/** More steps than the shapes of any application need: then values got among the names, and the paths begin anew. */
const MAX_STEPS = 20_000;

const OPEN = Symbol('{');
const LIST = Symbol('[');
const END = Symbol('end');
const VALUE = Symbol('?');
const SORT = Symbol('sort');
const FIELDS = Symbol('fields');
const LIMIT = Symbol('limit');
const SKIP = Symbol('skip');
type Token = string | number | symbol;

/** The end of the path of a command; all commands that end here have one shape. */
export interface Step<T> {
  readonly next: Map<Token, Step<T>>;
  value?: T;
}

/**
 * Finds what belongs to the shape of a command by the names of its fields, one step each, without building a text.
 * Commands of one shape may have several paths.
 */
export class ShapePaths<T> {
  private root: Step<T> = newStep();
  private steps = 0;
  private tokensLeft = 0;

  /** @returns undefined if the command has no path: the shape must be built */
  find(name: string, command: Readonly<Record<string, unknown>>): Step<T> | undefined {
    const collection = command[name];
    const parts = typeof collection === 'string' ? partsOf(name, command) : undefined;
    if (!parts) return undefined;
    if (this.steps > MAX_STEPS) this.clear();
    this.tokensLeft = MAX_TOKENS;
    const end = this.throughParts(this.down(this.down(this.root, name), collection as string), parts);
    return this.tokensLeft > 0 ? end : undefined;
  }

  private clear(): void {
    this.root = newStep();
    this.steps = 0;
  }

  private throughParts(from: Step<T>, { key, filter, sort, projection, limit, skip }: ShapeParts): Step<T> {
    let step = typeof key === 'string' ? this.down(from, key) : from;
    step = this.through(step, filter, 0);
    if (sort !== undefined) step = this.throughSort(this.down(step, SORT), sort);
    if (projection !== undefined) step = this.throughNames(this.down(step, FIELDS), projection);
    if (limit) step = this.down(step, LIMIT);
    return skip ? this.down(step, SKIP) : step;
  }

  private down(from: Step<T>, token: Token): Step<T> {
    this.tokensLeft -= 1;
    let step = from.next.get(token);
    if (step === undefined) {
      step = newStep();
      this.steps += 1;
      // A command that is too long adds no further steps.
      if (this.tokensLeft > 0) from.next.set(token, step);
    }
    return step;
  }

  /** A value of a field needs no step: another field follows, or the end. */
  private through(from: Step<T>, value: unknown, depth: number): Step<T> {
    if (typeof value !== 'object' || value === null || depth > MAX_DEPTH || this.tokensLeft <= 0) return from;
    if (Array.isArray(value)) return this.throughList(from, value, depth);
    if (!isPlain(value)) return from;
    let step = this.down(from, OPEN);
    let parts = 0;
    for (const name in value) {
      if (++parts > MAX_PARTS) break;
      step = this.through(this.down(step, name), value[name], depth + 1);
    }
    return this.down(step, END);
  }

  /** Values that follow each other are one step, so that lists of all lengths have one path. */
  private throughList(from: Step<T>, values: readonly unknown[], depth: number): Step<T> {
    let step = this.down(from, LIST);
    let isAfterValue = false;
    const length = Math.min(values.length, MAX_PARTS);
    for (let index = 0; index < length; index += 1) {
      const next = this.through(step, values[index], depth + 1);
      const isValue = next === step;
      if (!isValue) step = next;
      else if (!isAfterValue) step = this.down(step, VALUE);
      isAfterValue = isValue;
    }
    return this.down(step, END);
  }

  /** An order by anything but directions has no path. */
  private throughSort(from: Step<T>, sort: unknown): Step<T> {
    let step = from;
    const directions = sort instanceof Map ? sort : Object.entries(sort as object);
    for (const [field, direction] of directions as Iterable<[string, unknown]>) {
      if (typeof direction !== 'number' && typeof direction !== 'string') this.tokensLeft = 0;
      else step = this.down(this.down(step, field), direction);
    }
    return step;
  }

  private throughNames(from: Step<T>, projection: unknown): Step<T> {
    let step = from;
    for (const name in projection as object) step = this.down(step, name);
    return step;
  }
}

const newStep = <T>(): Step<T> => ({ next: new Map() });
