/** Something wrong with one setting. */
export interface Mistake {
  path: readonly PropertyKey[];
  /** In the place of the path, where the text names a variable with it. */
  name?: string;
  /** Never with the value. */
  text: string;
  /** What else is found wrong here follows from this. */
  hides?: readonly PropertyKey[];
}

/** `llm.backends[1].url` */
export const dotted = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`))
    .join('') || 'the configuration';

/** `llm.backends[1].url: must be …` */
export const written = ({ path, name, text }: Mistake): string => `${name ?? dotted(path)}: ${text}`;

/** Whether `path` is `above`, or below it. */
export const isWithin = (path: readonly PropertyKey[], above: readonly PropertyKey[]): boolean =>
  above.every((part, index) => path[index] === part);
