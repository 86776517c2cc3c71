/**
 * A Markdown table.
 * @param {string[]} head
 * @param {(string | number | undefined)[][]} rows numbers are given with one decimal; undefined is a dash
 */
export function table(head, rows) {
  return [head, head.map(() => '---'), ...rows.map((row) => row.map(cell))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function cell(value) {
  if (value === undefined) return '–';
  return typeof value === 'number' ? value.toFixed(1) : value;
}
