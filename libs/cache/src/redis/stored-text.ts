/** A text in Redis: its position in the purge log, its tags, and the text. */
export interface StoredText {
  /** Number of the last known purge when its load began. */
  readonly position: number;
  readonly tags: readonly string[];
  readonly text: string;
}

const FORM = /^(\d{1,15}) (\[.*\])\n/;

/** Begins with the position, which a script compares. */
export const encodeStored = ({ position, tags, text }: StoredText): string =>
  `${position} ${JSON.stringify(tags)}\n${text}`;

/** @returns undefined for a foreign value */
export function decodeStored(stored: string): StoredText | undefined {
  const [head, position, json] = FORM.exec(stored) ?? [];
  if (head === undefined || json === undefined) return undefined;
  const tags = json === '[]' ? NO_TAGS : parseTags(json);
  return tags && { position: Number(position), tags, text: stored.slice(head.length) };
}

const NO_TAGS: readonly string[] = [];

function parseTags(json: string): readonly string[] | undefined {
  try {
    const tags = JSON.parse(json) as unknown[];
    return tags.every((tag): tag is string => typeof tag === 'string') ? tags : undefined;
  } catch {
    return undefined;
  }
}
