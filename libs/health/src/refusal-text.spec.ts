import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartupError } from '@slipstream/contracts';
import { expect, it } from 'vitest';
import { refusalText } from './refusal-text.js';

const systemError = (code: string, path?: string) =>
  Object.assign(new Error(`${code}: refused, open '${path}'`), { code, path });

it.each([
  ['EACCES', '/data/x', '/data/x: this user may not.'],
  ['EROFS', '/data/x', '/data/x: the file system is read-only.'],
  ['EADDRINUSE', undefined, 'something else listens there already.'],
  ['ERR_MODULE_NOT_FOUND', undefined, 'a part of Slipstream is not built. Run npm ci && npm run build'],
])('names what %s means and what to do, without a stack', (code, path, expected) => {
  const text = refusalText(systemError(code, path));
  expect(text).toContain(expected);
  expect(text).not.toContain('\n');
});

it('says so of a real error of the system', () => {
  const folder = mkdtempSync(join(tmpdir(), 'refusal-'));
  const file = join(folder, 'none');
  try {
    readFileSync(file);
  } catch (error) {
    expect(refusalText(error)).toBe(`Slipstream could not start: ${file}: there is no such file (ENOENT).`);
  }
  rmSync(folder, { recursive: true });
});

it('gives the text of a known reason alone, and the stack of an unexpected error', () => {
  expect(refusalText(new StartupError('The port is taken.'))).toBe('The port is taken.');
  expect(refusalText(new TypeError('undefined is not a function'))).toMatch(/TypeError: undefined[^]*at /);
});
