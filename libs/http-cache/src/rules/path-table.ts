/** The pattern that matched a path, and the values of its placeholders. */
export interface PathMatch<T> {
  readonly entry: T;
  /** Empty for patterns without placeholders. */
  readonly places: Readonly<Record<string, string>>;
}

interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  place?: { readonly name: string; readonly node: Node<T> };
  /** Entry of `**`. */
  rest?: T;
  entry?: T;
}

const NO_PLACES: Readonly<Record<string, string>> = Object.freeze({});
const PLACE = /^\{([a-z][a-z0-9_]*)\}$/i;

/**
 * Entries by path pattern. A pattern consists of literal segments, `{name}` for any segment that is not empty, and `**`
 * at the end for any rest. The most specific pattern wins, segment by segment: literal, then placeholder, then rest. A
 * look-up costs one step per segment.
 */
export class PathTable<T> {
  private readonly root: Node<T> = { literals: new Map() };

  /** @throws TypeError for an invalid pattern. If a pattern is repeated, the first entry counts. */
  add(pattern: string, entry: T): void {
    if (!pattern.startsWith('/')) throw new TypeError(`the path ${pattern} does not begin with /`);
    const segments = pattern.slice(1).split('/');
    const hasRest = segments.at(-1) === '**';
    if (hasRest) segments.pop();
    let node = this.root;
    for (const segment of segments) node = descend(node, segment, pattern);
    if (hasRest) node.rest ??= entry;
    else node.entry ??= entry;
  }

  /** @param segments of the path, decoded or not, like the patterns */
  find(segments: readonly string[]): PathMatch<T> | undefined {
    return seek(this.root, segments, 0, undefined);
  }
}

function descend<T>(node: Node<T>, segment: string, pattern: string): Node<T> {
  const [, name] = PLACE.exec(segment) ?? [];
  if (name === undefined) {
    if (/[*{}]/.test(segment))
      throw new TypeError(`the path ${pattern} has a * or a brace that is neither {name} nor ** at its end`);
    const next = node.literals.get(segment) ?? { literals: new Map() };
    node.literals.set(segment, next);
    return next;
  }
  node.place ??= { name, node: { literals: new Map() } };
  if (node.place.name !== name)
    throw new TypeError(`the path ${pattern} calls {${node.place.name}}, but another path calls it {${name}}`);
  return node.place.node;
}

function seek<T>(
  node: Node<T>,
  segments: readonly string[],
  at: number,
  places: Readonly<Record<string, string>> | undefined,
): PathMatch<T> | undefined {
  if (at === segments.length)
    return node.entry === undefined ? undefined : { entry: node.entry, places: places ?? NO_PLACES };
  const segment = segments[at] as string;
  const literal = node.literals.get(segment);
  const { place, rest } = node;
  return (
    (literal && seek(literal, segments, at + 1, places)) ??
    (place && segment !== '' ? seek(place.node, segments, at + 1, { ...places, [place.name]: segment }) : undefined) ??
    (rest === undefined ? undefined : { entry: rest, places: places ?? NO_PLACES })
  );
}
