const HEX = /^[0-9a-f]{8,64}$/;
const BASE64URL = /^[\w-]{8,64}$/;
const SEPARATORS = ['.', '-'] as const;

/**
 * Whether a file's name changes with its content: it is below a folder `immutable`, or ends in a hash before its
 * extension (`app.3f2a9c01.js`, `app-B7xK29Qa.css`). A date or a version is no hash.
 */
export function isFingerprinted(path: string): boolean {
  const plain = path.split('?', 1)[0] as string;
  if (plain.includes('/immutable/')) return true;
  const name = plain.slice(plain.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  if (dot <= 0) return false;
  const stem = name.slice(0, dot);
  return SEPARATORS.some((separator) => isHash(stem.slice(stem.lastIndexOf(separator) + 1)));
}

function isHash(text: string): boolean {
  const hasDigit = /\d/.test(text);
  if (!hasDigit || !/[a-z]/i.test(text)) return false;
  return HEX.test(text) || (BASE64URL.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text));
}
