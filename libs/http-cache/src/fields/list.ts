/**
 * Splits a comma-separated list. Quoted strings keep their commas (RFC 9110 section 5.6.1). One pass without a pattern,
 * because clients control the text: a pattern would try an unterminated quoted string again from each quote.
 *
 * @returns the members, trimmed, without the empty ones
 */
export function splitList(value: string): string[] {
  if (!value.includes('"')) return trimmed(value.split(','));
  const members: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let i = 0; i < value.length; i++) {
    const character = value[i];
    if (character === '"') isQuoted = !isQuoted;
    else if (character === '\\' && isQuoted) i++;
    else if (character === ',' && !isQuoted) {
      members.push(value.slice(start, i));
      start = i + 1;
    }
  }
  return trimmed([...members, value.slice(start)]);
}

const trimmed = (members: string[]): string[] =>
  members.map((member) => member.trim()).filter((member) => member !== '');
