/** Rules that complete names without a trailing dot. */
export interface SearchList {
  domains: readonly string[];
  /** A name with at least this many dots is first looked up unchanged. */
  ndots: number;
}

/** The number of domains, and of dots, that resolv.conf(5) supports. */
const MAX_DOMAINS = 32;
const MAX_NDOTS = 15;

/**
 * The `search`, `domain` and `ndots` of a resolver configuration; the last line of each counts.
 * @param text see resolv.conf(5)
 */
export function parseSearchList(text: string): SearchList {
  const list = { domains: [] as string[], ndots: 1 };
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line.split(/[#;]/, 1)[0]!.trim().split(/\s+/);
    if (keyword === 'search' || keyword === 'domain') list.domains = values.slice(0, MAX_DOMAINS);
    const ndots = keyword === 'options' && values.findLast((value) => /^ndots:\d{1,3}$/.test(value));
    if (ndots) list.ndots = Math.min(MAX_NDOTS, Number(ndots.slice('ndots:'.length)));
  }
  return list;
}

/** The absolute names that a name may mean, in the order of the look-ups. */
export function candidates(name: string, { domains, ndots }: SearchList): readonly string[] {
  if (name.endsWith('.')) return [name];
  const completed = domains.map((domain) => `${name}.${domain.replace(/^\.|\.$/g, '')}.`);
  const isLongEnough = name.split('.').length - 1 >= ndots;
  return isLongEnough ? [`${name}.`, ...completed] : [...completed, `${name}.`];
}
