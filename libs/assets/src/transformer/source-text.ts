import { isAscii, isUtf8 } from 'node:buffer';

/** Minified text has few lines. */
const MINIFIED_LINE = 150;

/**
 * Removes white space and comments. A file that does not parse is left as it is. esbuild prints the tokens that it has
 * read: it renames nothing, and it drops no declaration that another browser may need.
 *
 * @returns undefined for text that is minified already, or is not UTF-8
 */
export async function smallerSource(bytes: Uint8Array, loader: 'js' | 'css'): Promise<Uint8Array | undefined> {
  if (!isUtf8(bytes)) return undefined;
  const text = Buffer.from(bytes).toString();
  if (isMinified(text)) return undefined;
  const { transform } = await import('esbuild');
  const { code } = await transform(text, {
    loader,
    minifyWhitespace: true,
    legalComments: 'inline',
    charset: isAscii(bytes) ? 'ascii' : 'utf8', // an ASCII file may be served with any charset
    logLevel: 'silent',
  });
  return Buffer.from(code);
}

function isMinified(text: string): boolean {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return text.length / lines > MINIFIED_LINE;
}
