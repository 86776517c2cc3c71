/** A mistake in one setting. */
export interface Mistake {
  path: readonly PropertyKey[];
  /** Replaces the path, for example by a variable. */
  name?: string;
  /** Never contains the value. */
  text: string;
  /** Further mistakes at this path follow from this one, and are hidden. */
  hides?: readonly PropertyKey[];
}

/** `llm.backends[1].url` */
export const dotted = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`))
    .join('') || 'the configuration';

/** `llm.backends[1].url: must be …` */
export const written = ({ path, name, text }: Mistake): string => `${name ?? dotted(path)}: ${text}`;

/** Whether `path` equals `above` or is below it. */
export const isWithin = (path: readonly PropertyKey[], above: readonly PropertyKey[]): boolean =>
  above.every((part, index) => path[index] === part);
