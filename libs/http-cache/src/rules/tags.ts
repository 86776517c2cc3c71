/** Stands for whose tag it is. */
const PERSON = ':{person}';
/** Of whom nothing is known but that there is somebody: an API key says no name. */
const UNKNOWN = '?';

/**
 * The tags of an answer by a rule's templates: `{place}` is what stood in the path. `models:{person}` makes `models`,
 * by which everybody's are dropped, and `models:7`, by which one person's are; a person who isn't known is `models:?`.
 */
export function tagsOfAnswer(templates: readonly string[], places: Places, persons: readonly string[]): string[] {
  return templates.flatMap((template) => {
    if (!template.endsWith(PERSON)) return [filled(template, places)];
    const kind = template.slice(0, -PERSON.length);
    return [kind, ...namesOf(persons).map((person) => `${kind}:${person}`)];
  });
}

/**
 * The tags that a write drops. Any writer drops those of unknown readers, who may be the same person by another
 * credential. A writer who isn't known drops everybody's once the write is certain, and else no more than those, so
 * that nobody empties the cache by requests that come to nothing.
 */
export function tagsOfWrite(
  templates: readonly string[],
  places: Places,
  persons: readonly string[],
  isCertain: boolean,
): string[] {
  return templates.flatMap((template) => {
    if (!template.endsWith(PERSON)) return [filled(template, places)];
    const kind = template.slice(0, -PERSON.length);
    return persons.length === 0 && isCertain ? [kind] : [...persons, UNKNOWN].map((person) => `${kind}:${person}`);
  });
}

/** The tags that aren't to be stored for a while: the writer's own, and no more. */
export const tagsOfHold = (templates: readonly string[], places: Places, persons: readonly string[]): string[] =>
  templates.flatMap((template) =>
    namesOf(persons).map((person) => filled(template.replace(PERSON, `:${person}`), places)),
  );

/** What a tag is about, whosever it is. */
export const kindOf = (tag: string): string => tag.split(':', 1)[0] as string;

type Places = Readonly<Record<string, string>>;

const namesOf = (persons: readonly string[]): readonly string[] => (persons.length === 0 ? [UNKNOWN] : persons);

const filled = (template: string, places: Places): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => places[name] ?? '');
