import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { importedFile, packageSources, sourcesIn } from './source-files.mjs';

const FOLDERS = ['apps', 'libs', 'bench', 'tools', 'e2e', 'conformance', 'chaos', 'fuzz'];

/** Code that runs in tests alone; its imports are no reason to keep an export. */
const TEST_CODE = /\.(?:int-|fuzz-)?spec\.ts$|\/testing\//;

/**
 * Exports that nothing needs.
 *
 * - A name of a library's `index.ts` needs an importer outside the library. If the index passes a whole file
 *   (`export *`), an importer in another file of the library is enough.
 * - A name of any other file needs an importer, or a use in its own file.
 * @param {string} root the checkout
 * @returns {string[]} `library: name` and `file: name`, sorted
 */
export function unusedExports(root) {
  const program = readProgram(root);
  const users = usersOf(program);
  return [...unusedOfIndexes(program, users), ...unusedOfFiles(program, users)].sort();
}

function unusedOfIndexes(program, users) {
  return [...program.files.keys()].flatMap((index) => {
    const [folder, library] = /^libs\/([^/]+)\/src\/(?=index\.ts$)/.exec(relative(program.root, index)) ?? [];
    if (library === undefined) return [];
    return exportedNames(index, program)
      .filter((name) => !isUsedOutside(index, name, join(program.root, folder), program, users))
      .map((name) => `${library}: ${name}`);
  });
}

function isUsedOutside(index, name, folder, program, users) {
  const origin = originOf(index, name, program);
  const isNamed = program.files.get(index).passes.some(({ as }) => as === name);
  const home = isNamed ? folder : origin.split('#')[0];
  return [...(users.get(origin) ?? [])].some((file) => !file.startsWith(home));
}

function unusedOfFiles({ root, files }, users) {
  return [...files].flatMap(([file, { own, mentions }]) => {
    const path = relative(root, file);
    if (!/^(?:apps|libs)\//.test(path) || TEST_CODE.test(path)) return [];
    return [...own]
      .filter((name) => !users.has(`${file}#${name}`) && mentions.get(name) === 1)
      .map((name) => `${path}: ${name}`);
  });
}

/** The files that import each export, by the place of its declaration; specs and their helpers do not count. */
function usersOf(program) {
  const users = new Map();
  for (const [file, { imports }] of program.files) {
    if (TEST_CODE.test(file)) continue;
    for (const { from, name } of imports) {
      for (const each of name === '*' ? exportedNames(from, program) : [name]) {
        const origin = originOf(from, each, program);
        users.set(origin, (users.get(origin) ?? new Set()).add(file));
      }
    }
  }
  return users;
}

/** The place of the declaration, behind all re-exports. */
function originOf(file, name, program) {
  const { own, passes } = program.files.get(file) ?? NO_SOURCE;
  if (own.has(name)) return `${file}#${name}`;
  const pass = passes.find(({ as, from }) => (as === '*' ? exportedNames(from, program).includes(name) : as === name));
  return pass === undefined ? `${file}#${name}` : originOf(pass.from, pass.as === '*' ? name : pass.name, program);
}

function exportedNames(file, program) {
  const { own, passes } = program.files.get(file) ?? NO_SOURCE;
  return [...own, ...passes.flatMap(({ as, from }) => (as === '*' ? exportedNames(from, program) : [as]))];
}

const NO_SOURCE = { own: new Set(), passes: [] };

function readProgram(root) {
  const packages = packageSources(root);
  const files = FOLDERS.flatMap((folder) => sourcesIn(join(root, folder), /(?<!\.d)\.ts$|\.mjs$/));
  return { root, files: new Map(files.map((file) => [file, readSource(file, packages)])) };
}

/** `own`: declared and exported; `passes`: re-exports; `mentions`: how often each identifier stands in the file. */
function readSource(file, packages) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const read = { own: new Set(), passes: [], imports: [], mentions: new Map() };
  const target = ({ text }) => importedFile(file, text, packages);
  const visit = (node) => {
    readNode(node, read, target);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return read;
}

function readNode(node, read, target) {
  if (ts.isIdentifier(node)) read.mentions.set(node.text, (read.mentions.get(node.text) ?? 0) + 1);
  if (ts.isImportDeclaration(node)) read.imports.push(...importsOf(node, target));
  if (ts.isImportTypeNode(node)) read.imports.push(importTypeOf(node, target));
  if (isDynamicImport(node)) read.imports.push({ from: target(node.arguments[0]), name: '*' });
  if (ts.isExportDeclaration(node)) readExport(node, read, target);
  if (isExported(node)) for (const name of declaredNames(node)) read.own.add(name);
}

function importsOf({ importClause, moduleSpecifier }, target) {
  const from = target(moduleSpecifier);
  const bindings = importClause?.namedBindings;
  if (bindings === undefined) return [];
  if (ts.isNamespaceImport(bindings)) return [{ from, name: '*' }];
  return bindings.elements.map(({ propertyName, name }) => ({ from, name: (propertyName ?? name).text }));
}

const importTypeOf = ({ argument, qualifier }, target) => ({
  from: target(argument.literal),
  name: qualifier?.getText().split('.')[0] ?? '*',
});

const isDynamicImport = (node) =>
  ts.isCallExpression(node) &&
  node.expression.kind === ts.SyntaxKind.ImportKeyword &&
  ts.isStringLiteral(node.arguments[0]);

function readExport({ exportClause, moduleSpecifier }, { own, passes }, target) {
  if (exportClause === undefined) passes.push({ from: target(moduleSpecifier), as: '*' });
  for (const { propertyName, name } of exportClause?.elements ?? []) {
    if (moduleSpecifier === undefined) own.add(name.text);
    else passes.push({ from: target(moduleSpecifier), name: (propertyName ?? name).text, as: name.text });
  }
}

const isExported = (node) =>
  ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

const declaredNames = (node) =>
  ts.isVariableStatement(node)
    ? node.declarationList.declarations.map(({ name }) => name.getText())
    : [node.name?.text ?? 'default'];
