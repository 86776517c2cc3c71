/** Placeholder for the user of a tag. */
const USER = ':{user}';
/** An unknown user, such as one with an API key, which contains no name. */
const UNKNOWN = '?';

/**
 * The tags of an answer, from a rule's templates. `{place}` is a placeholder of the path. `models:{user}` becomes
 * `models`, which drops the answers of all users, and `models:7`, which drops those of one. For an unknown user it
 * becomes `models:?`.
 */
export function tagsOfAnswer(templates: readonly string[], places: Places, users: readonly string[]): string[] {
  return templates.flatMap((template) => {
    if (!template.endsWith(USER)) return [filled(template, places)];
    const kind = template.slice(0, -USER.length);
    return [kind, ...namesOf(users).map((user) => `${kind}:${user}`)];
  });
}

/**
 * The tags that a write drops. Every write drops the tags of unknown users, who may be the same user with another
 * credential. A write of an unknown user drops those of all users, but only after it has succeeded. So failed requests
 * cannot empty the cache.
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

/** The tags that are not stored for a while: only those of the user who wrote. */
export const tagsOfCooldown = (templates: readonly string[], places: Places, users: readonly string[]): string[] =>
  templates.flatMap((template) => namesOf(users).map((user) => filled(template.replace(USER, `:${user}`), places)));

/** The kind of a tag, for any user. */
export const kindOf = (tag: string): string => tag.split(':', 1)[0] as string;

type Places = Readonly<Record<string, string>>;

const namesOf = (users: readonly string[]): readonly string[] => (users.length === 0 ? [UNKNOWN] : users);

const filled = (template: string, places: Places): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => places[name] ?? '');
