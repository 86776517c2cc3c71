/** Old names of settings. `*` stands for any entry of a list or a map. */
const RENAMED: readonly (readonly [section: string, from: string, to: string])[] = [
  ['keys.*', 'person', 'user'],
  ['web.cache', 'personClaim', 'userClaim'],
  ['web.cache.writes.*', 'holds', 'cooldownTags'],
  ['web.cache.writes.*', 'holdMs', 'cooldownMs'],
  ['documents', 'extractionHeapBytes', 'extractionMaxBytes'],
];

/** @returns the new name of the setting `key` of the section at `path`, if it was renamed */
export function renamedTo(path: readonly PropertyKey[], key: string): string | undefined {
  return RENAMED.find(([section, from]) => from === key && isAt(path, section.split('.')))?.[2];
}

const isAt = (path: readonly PropertyKey[], section: readonly string[]): boolean =>
  path.length === section.length && section.every((part, index) => part === '*' || part === path[index]);
