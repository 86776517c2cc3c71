import { QuoteType } from 'htmlparser2';

/** An attribute of an open tag, by positions in the page. */
export interface Attribute {
  /** In lower case. */
  readonly name: string;
  /** As it is written, without its quotes. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
  readonly quote: QuoteType;
}

/** An open tag, by positions in the page. */
export interface OpenTag {
  /** In lower case. */
  readonly name: string;
  /** Position behind the name. */
  readonly nameEnd: number;
  /** Of two with the same name the first counts. */
  readonly attributes: readonly Attribute[];
}

/** A part of the page that is replaced. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export const attributeOf = ({ attributes }: OpenTag, name: string): Attribute | undefined =>
  attributes.find((each) => each.name === name);

/** A value that contains no other character reference than `&amp;`. @returns undefined for any other */
export function decodedValue(value: string): string | undefined {
  const decoded = value.replaceAll('&amp;', '\0');
  return decoded.includes('&') ? undefined : decoded.replaceAll('\0', '&').trim();
}

/** @returns the text of a value; undefined if it can't stand between these quotes */
export function encodedValue(value: string, quote: QuoteType): string | undefined {
  const isSafe =
    quote === QuoteType.Double
      ? !value.includes('"')
      : quote === QuoteType.Single
        ? !value.includes("'")
        : /^[^\s"'=<>`]+$/.test(value);
  return isSafe ? value.replaceAll('&', '&amp;') : undefined;
}
