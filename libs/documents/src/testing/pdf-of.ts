const LINE_CHARS = 90;

/**
 * A PDF with a text layer.
 * @param pages text of each page, in printable ASCII
 * @param ballast bytes of an object that no page uses, such as a picture has
 */
export function pdfOf(pages: readonly string[], ballast?: Buffer): Buffer {
  const kids = pages.map((_, n) => `${4 + 2 * n} 0 R`);
  const objects = [
    Buffer.from('<</Type/Catalog/Pages 2 0 R>>'),
    Buffer.from(`<</Type/Pages/Count ${pages.length}/Kids[${kids.join(' ')}]>>`),
    Buffer.from('<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>'),
    ...pages.flatMap((text, n) => [
      Buffer.from(
        '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>' +
          `/Contents ${5 + 2 * n} 0 R>>`,
      ),
      stream(Buffer.from(`BT /F1 10 Tf 12 TL 40 800 Td ${linesOf(text).join(' ')} ET`)),
    ]),
    ...(ballast ? [stream(ballast)] : []),
  ];
  return assembled(objects);
}

const stream = (content: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`<</Length ${content.length}>>stream\n`), content, Buffer.from('\nendstream')]);

const linesOf = (text: string): string[] =>
  (text.match(new RegExp(`.{1,${LINE_CHARS}}(?: |$)`, 'g')) ?? []).map(
    (line) => `(${line.replace(/[\\()]/g, '\\$&')}) Tj T*`,
  );

function assembled(objects: readonly Buffer[]): Buffer {
  const parts = [Buffer.from('%PDF-1.4\n')];
  let length = parts[0]!.length;
  const offsets = objects.map((object, n) => {
    const at = length;
    const whole = Buffer.concat([Buffer.from(`${n + 1} 0 obj\n`), object, Buffer.from('\nendobj\n')]);
    parts.push(whole);
    length += whole.length;
    return at;
  });
  const rows = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}`;
  const trailer = `trailer<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${length}\n%%EOF\n`;
  return Buffer.concat([...parts, Buffer.from(table + trailer)]);
}
