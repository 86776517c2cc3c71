const FORMULAS = 'xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"';
const NAMESPACES = Object.entries({
  office: 'office:1.0',
  text: 'text:1.0',
  table: 'table:1.0',
  draw: 'drawing:1.0',
  svg: 'svg-compatible:1.0',
})
  .map(([prefix, name]) => `xmlns:${prefix}="urn:oasis:names:tc:opendocument:xmlns:${name}"`)
  .join(' ');

type Body = 'text' | 'spreadsheet' | 'presentation';

/** A file in the flat XML of OpenDocument, which LibreOffice reads and converts. */
const flat = (type: Body, content: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><office:document ${NAMESPACES} ${FORMULAS} office:version="1.2" ` +
  `office:mimetype="application/vnd.oasis.opendocument.${type}"><office:body><office:${type}>${content}` +
  `</office:${type}></office:body></office:document>`;

const paragraph = (text: string): string => `<text:p>${text}</text:p>`;

/** A text with a heading before each tenth paragraph. */
export const flatText = (paragraphs: readonly string[]): string =>
  flat(
    'text',
    paragraphs
      .map(
        (text, n) =>
          (n % 10 === 0 ? `<text:h text:outline-level="1">Chapter ${n / 10 + 1}</text:h>` : '') + paragraph(text),
      )
      .join(''),
  );

/** A sheet with a header, a row for each text, and a formula that counts them. */
export function flatSheet(texts: readonly string[]): string {
  const cell = (text: string): string =>
    `<table:table-cell office:value-type="string">${paragraph(text)}</table:table-cell>`;
  const row = (...cells: string[]): string => `<table:table-row>${cells.join('')}</table:table-row>`;
  const count = `<table:table-cell table:formula="of:=COUNTA([.A2:.A${texts.length + 1}])" office:value-type="float"/>`;
  const rows = texts.map((text, n) => row(cell(`Row ${n}`), cell(text)));
  const content = row(cell('Number'), cell('Entry')) + rows.join('') + row(cell('Count'), count);
  return flat('spreadsheet', `<table:table table:name="Log">${content}</table:table>`);
}

/** Slides with one text each. */
export const flatSlides = (texts: readonly string[]): string =>
  flat(
    'presentation',
    texts
      .map(
        (text, n) =>
          `<draw:page draw:name="p${n}"><draw:frame svg:x="2cm" svg:y="2cm" svg:width="20cm" svg:height="4cm">` +
          `<draw:text-box>${paragraph(text)}</draw:text-box></draw:frame></draw:page>`,
      )
      .join(''),
  );
