/** One member of a comma-separated list: quoted strings keep their commas (RFC 9110 section 5.6.1). */
const MEMBER = /(?:[^",]|"(?:[^"\\]|\\.)*(?:"|$))+/g;

/** @returns the members, trimmed, without the empty ones */
export const splitList = (value: string): string[] => (value.match(MEMBER) ?? []).map((member) => member.trim()).filter((member) => member !== '');
