const COLUMNS = ['stage', 'collection', 'index', 'keys', 'documents', 'returned'];

/** A report of `explain` for people: its stages as a table, then one finding a line. */
export function explainTable({ stages, findings }) {
  const rows = [COLUMNS, ...stages.map(rowOf)];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => aligned(cell, widths[column], column))
      .join('  ')
      .trimEnd(),
  );
  const width = Math.max(0, ...findings.map(({ code }) => code.length));
  const found = findings.map(({ code, collection, detail }) => `${code.padEnd(width)}  ${collection}: ${detail}`);
  return [...lines, '', ...(found.length > 0 ? found : ['no findings']), ''].join('\n');
}

const rowOf = ({ stage, depth, collection, index, keysExamined, docsExamined, returned }) => [
  '  '.repeat(depth) + stage,
  collection,
  index ? JSON.stringify(index).replaceAll('"', '') : '',
  ...[keysExamined, docsExamined, returned].map((figure) => figure?.toLocaleString('en') ?? ''),
];

const aligned = (cell, width, column) => (column < 3 ? cell.padEnd(width) : cell.padStart(width));
