/** Stands for whose tag it is. */
const USER = ':{user}';
/** Of whom nothing is known but that there is somebody: an API key says no name. */
const UNKNOWN = '?';

/**
 * The tags of an answer by a rule's templates: `{place}` is what stood in the path. `models:{user}` makes `models`,
 * by which everybody's are dropped, and `models:7`, by which one user's are; a user who isn't known is `models:?`.
 */
export function tagsOfAnswer(templates: readonly string[], places: Places, users: readonly string[]): string[] {
  return templates.flatMap((template) => {
    if (!template.endsWith(USER)) return [filled(template, places)];
    const kind = template.slice(0, -USER.length);
    return [kind, ...namesOf(users).map((user) => `${kind}:${user}`)];
  });
}

/**
 * The tags that a write drops. Any writer drops those of unknown readers, who may be the same user by another
 * credential. A writer who isn't known drops everybody's once the write is certain, and else no more than those, so
 * that nobody empties the cache by requests that come to nothing.
 */
export function tagsOfWrite(
  templates: readonly string[],
  places: Places,
  users: readonly string[],
  isCertain: boolean,
): string[] {
  return templates.flatMap((template) => {
    if (!template.endsWith(USER)) return [filled(template, places)];
    const kind = template.slice(0, -USER.length);
    return users.length === 0 && isCertain ? [kind] : [...users, UNKNOWN].map((user) => `${kind}:${user}`);
  });
}

/** The tags that aren't to be stored for a while: the writer's own, and no more. */
export const tagsOfCooldown = (templates: readonly string[], places: Places, users: readonly string[]): string[] =>
  templates.flatMap((template) => namesOf(users).map((user) => filled(template.replace(USER, `:${user}`), places)));

/** What a tag is about, whosever it is. */
export const kindOf = (tag: string): string => tag.split(':', 1)[0] as string;

type Places = Readonly<Record<string, string>>;

const namesOf = (users: readonly string[]): readonly string[] => (users.length === 0 ? [UNKNOWN] : users);

const filled = (template: string, places: Places): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => places[name] ?? '');
