/** Deeper JSON is refused, because recursive parsers fail at about 1,000, including those of model servers. */
export const MAX_JSON_DEPTH = 256;

/** Options of the scanner. */
export interface JsonScanOptions {
  /** Members of the outermost object whose values are returned. Default: none. */
  wanted?: WantedMembers;
  /** Longest value that is returned, including quotes and escapes. Default 1024. */
  maxValueBytes?: number;
  /** Largest number of values in the text, names included. Default: any number. */
  maxValues?: number;
}

/** Names of members, prepared once for many texts. */
export interface WantedMembers {
  readonly names: ReadonlySet<string>;
  readonly lengths: ReadonlySet<number>;
}

/** @param names ASCII */
export const wantedMembers = (names: readonly string[]): WantedMembers => ({
  names: new Set(names),
  lengths: new Set(names.map(({ length }) => length)),
});

export const NONE_WANTED = wantedMembers([]);

/** Result of a scan. */
export type JsonScan =
  | { readonly type: 'invalid' }
  | { readonly type: 'too-deep' }
  | { readonly type: 'too-many-values' }
  /** A value that is not an object. */
  | { readonly type: 'other' }
  /**
   * If a member is repeated, its last value counts, as in JSON.parse. A member is absent if its value is an object, an
   * array, or too long.
   */
  | { readonly type: 'object'; readonly members: ReadonlyMap<string, string | number | boolean | null> };
