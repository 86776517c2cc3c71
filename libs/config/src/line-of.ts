import { isAlias, isMap, isScalar, isSeq, type Document, type LineCounter, type Pair } from 'yaml';

/**
 * Returns the line of a setting in a file.
 *
 * @returns undefined if the file does not contain the setting
 */
export function lineOf(document: Document, counter: LineCounter, path: readonly PropertyKey[]): number | undefined {
  let node: unknown = document.contents;
  let at: number | undefined;
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    const found = isMap(node) ? inMap(node.items, part) : isSeq(node) ? inList(node.items, part) : undefined;
    if (!found) return undefined;
    ({ at, value: node } = found);
  }
  return at === undefined ? undefined : counter.linePos(at).line;
}

interface Found {
  /** Offset of the setting. */
  at: number | undefined;
  value: unknown;
}

function inMap(pairs: readonly Pair[], name: PropertyKey): Found | undefined {
  const pair = pairs.find(({ key }) => isScalar(key) && String(key.value) === String(name));
  return pair && isScalar(pair.key) ? { at: pair.key.range?.[0], value: pair.value } : undefined;
}

function inList(entries: readonly unknown[], index: PropertyKey): Found | undefined {
  const value = entries[Number(index)];
  return value === undefined ? undefined : { at: (value as { range?: [number] }).range?.[0], value };
}
