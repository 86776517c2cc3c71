const MAX_CHARS = 255;
const CONTROL = /\p{Cc}|\p{Cf}/gu;

/** The name of a file without folders, control characters and marks that turn the direction of text. */
export function fileName(given: string | undefined): string {
  const last = given?.replaceAll('\\', '/').split('/').at(-1) ?? '';
  const name = last.toWellFormed().replace(CONTROL, '').trim().slice(-MAX_CHARS);
  return name === '' || name === '.' || name === '..' ? 'document' : name;
}
