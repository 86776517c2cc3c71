/** Colours by kind of request. */
const COLOURS = {
  Document: '#111827',
  Script: '#2456c9',
  Stylesheet: '#0e9f6e',
  Font: '#c27803',
  Image: '#9061f9',
  Fetch: '#e02424',
  other: '#6b7280',
};
const WIDTH = 960;
const MARGIN = 16;
const GAP = 24;
const HEAD = 46;
const BAR = 1.6;
const LEGEND = 30;
const PANEL = (WIDTH - 2 * MARGIN - GAP) / 2;

/**
 * Draws when each request of some visits began and ended, two visits beside each other, all on one scale.
 * @param {{title: string, visit: import('./visit.mjs').Visit}[]} panels
 * @returns {string} an SVG
 */
export function waterfall(panels) {
  const longestMs = Math.max(...panels.flatMap(({ visit }) => [visit.usableMs, ...visit.requests.map((r) => r.endMs)]));
  const rows = [];
  for (let i = 0; i < panels.length; i += 2) rows.push(panels.slice(i, i + 2));
  let top = MARGIN;
  const drawn = rows.map((row) => {
    const height = HEAD + BAR * Math.max(...row.map(({ visit }) => visit.requests.length)) + GAP;
    const text = row.map((panel, i) => drawPanel(panel, MARGIN + i * (PANEL + GAP), top, PANEL / longestMs)).join('\n');
    top += height;
    return text;
  });
  const height = top + LEGEND;
  const description = panels
    .map(({ title, visit }) => `${title}: usable after ${visit.usableMs.toFixed(0)} ms`)
    .join('; ');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height.toFixed(0)}"
  font-family="ui-sans-serif, system-ui, sans-serif" font-size="12" role="img" aria-labelledby="t d">
<title id="t">Requests of a page over time</title>
<desc id="d">${description}.</desc>
<rect fill="#fff" width="${WIDTH}" height="${height.toFixed(0)}"/>
${drawn.join('\n')}
${legend(top)}
</svg>
`;
}

function drawPanel({ title, visit: { usableMs, bytes, requests } }, left, top, pxPerMs) {
  const x = (ms) => (left + ms * pxPerMs).toFixed(1);
  const bars = requests
    .toSorted((a, b) => a.startMs - b.startMs)
    .map(({ type, startMs, endMs }, i) => {
      const y = (top + HEAD + i * BAR).toFixed(1);
      const width = Math.max(0.8, (endMs - startMs) * pxPerMs).toFixed(1);
      const colour = COLOURS[type] ?? COLOURS.other;
      return `<rect x="${x(startMs)}" y="${y}" width="${width}" height="1.3" fill="${colour}"/>`;
    });
  const bottom = top + HEAD + requests.length * BAR;
  return [
    `<text x="${left}" y="${top + 14}" font-weight="600" font-size="14" fill="#111827">${title}</text>`,
    `<text x="${left}" y="${top + 32}" fill="#4b5563">usable after ${(usableMs / 1000).toFixed(2)} s; ` +
      `${requests.length} requests, ${(bytes / 1000).toFixed(0)} KB</text>`,
    ...bars,
    `<line x1="${x(usableMs)}" x2="${x(usableMs)}" y1="${top + HEAD - 6}" y2="${bottom.toFixed(1)}" ` +
      'stroke="#e02424" stroke-dasharray="4 3"/>',
  ].join('\n');
}

const legend = (top) =>
  Object.entries(COLOURS)
    .map(
      ([kind, colour], i) =>
        `<rect x="${MARGIN + i * 110}" y="${top + 4}" width="12" height="8" fill="${colour}"/>` +
        `<text x="${MARGIN + 18 + i * 110}" y="${top + 12}" fill="#4b5563">${kind.toLowerCase()}</text>`,
    )
    .join('\n');
