import { isAscii, isUtf8 } from 'node:buffer';
import type { Message } from 'esbuild';

/** Minified text has few lines. */
const MINIFIED_LINE = 150;

/**
 * Removes white space and comments. A file with an error is left as it is. esbuild prints the tokens that it has
 * read: it renames nothing, and it drops no declaration that another browser may need.
 *
 * @returns undefined for text that is minified already, is not UTF-8, or is a broken style sheet
 */
export async function smallerSource(bytes: Uint8Array, loader: 'js' | 'css'): Promise<Uint8Array | undefined> {
  if (!isUtf8(bytes)) return undefined;
  const text = Buffer.from(bytes).toString();
  if (isMinified(text)) return undefined;
  const { transform } = await import('esbuild');
  const { code, warnings } = await transform(text, {
    loader,
    minifyWhitespace: true,
    legalComments: 'inline',
    charset: isAscii(bytes) ? 'ascii' : 'utf8', // an ASCII file may be served with any charset
    logLevel: 'silent',
  });
  return loader === 'css' && warnings.some(isError) ? undefined : Buffer.from(code);
}

/** esbuild completes a broken style sheet. Its tolerance for a hack for old browsers is harmless. */
const isError = ({ text }: Message): boolean => text !== 'Expected identifier but found "*"';

function isMinified(text: string): boolean {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return text.length / lines > MINIFIED_LINE;
}
