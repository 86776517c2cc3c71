import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';

/**
 * Writes the JavaScript and the source map of one source file, as `tsc -b` does, but without a look at its types or at
 * other files: this takes milliseconds. `isolatedModules` in tsconfig.base.json makes that safe.
 * @param {string} root the checkout
 * @param {string} source absolute path in the `src` of a project
 * @returns {Promise<string[]>} the syntax errors; if there are any, nothing is written
 */
export async function transpile(root, source) {
  if (!existsSync(source)) return [];
  const { default: ts } = await import('typescript'); // here, because npm ci may only just have installed it
  const { outputText, sourceMapText, diagnostics } = ts.transpileModule(readFileSync(source, 'utf8'), {
    fileName: source,
    compilerOptions: compilerOptions(ts, root),
    reportDiagnostics: true,
  });
  if (diagnostics.length > 0) return diagnostics.map((diagnostic) => described(ts, root, diagnostic));
  const output = outputOf(root, source);
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, outputText);
  writeFileSync(
    `${output}.map`,
    JSON.stringify({ ...JSON.parse(sourceMapText), sources: [sourceFrom(output, source)] }),
  );
  return [];
}

/**
 * Where the build puts the JavaScript of a source file.
 * @param {string} root
 * @param {string} source
 */
export function outputOf(root, source) {
  const [kind, project, , ...path] = relative(root, source).split(sep);
  return join(root, kind, project, 'dist', ...path).replace(/\.ts$/, '.js');
}

const sourceFrom = (output, source) => relative(dirname(output), source).split(sep).join('/');

function compilerOptions(ts, root) {
  const { config, error } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
  if (error) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'));
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  // All packages here are ES modules; a file alone does not show that.
  return { ...options, module: ts.ModuleKind.ESNext };
}

function described(ts, root, { file, start, messageText }) {
  const { line } = file.getLineAndCharacterOfPosition(start);
  return (
    `${join(relative(root, dirname(file.fileName)), basename(file.fileName))}:${line + 1}: ` +
    `${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  );
}
