/** The fields of a request, as the origin gets them. */
export interface SelectingFields {
  /** The value of a field with exactly this name. */
  selecting(name: string): string | undefined;
  /** Names and values of all lines that an origin may read as this field, if one of them has another spelling. */
  respelled(name: string): readonly string[] | undefined;
}
