import PostalMime, { type Address, type Email } from 'postal-mime';
import { Parser } from 'htmlparser2';
import type { PagesRead } from './block.js';
import { ExtractionError } from './extraction.error.js';
import type { ExtractionJob, Extractor } from './extractor.js';
import { HtmlBlocks } from './html-blocks.js';
import type { PartBuilder } from './part-builder.js';
import { partsFrom } from './parts-from.js';

/** A mail is parsed in memory. */
const MAX_BYTES = 100 * 1024 * 1024;

/** Subject, addresses, date, body and names of the attachments of a mail. */
export const extractEmail: Extractor = (job) => partsFrom(job, (builder) => mail(job, builder));

async function* mail(
  { source }: ExtractionJob,
  builder: PartBuilder,
): AsyncGenerator<PagesRead | undefined, void, void> {
  if (source.bytes > MAX_BYTES) throw new ExtractionError('document_too_complex');
  const email = await PostalMime.parse(source.whole(), { attachmentEncoding: 'arraybuffer' });
  if (email.subject) builder.add({ type: 'heading', text: email.subject });
  builder.add({ type: 'text', text: headOf(email) });
  yield undefined;
  if (email.text?.trim()) {
    for (const paragraph of email.text.split(/\n[ \t]*\n/)) {
      builder.add({ type: 'text', text: paragraph });
      yield undefined;
    }
  } else if (email.html) {
    const parser = new Parser(new HtmlBlocks((block) => builder.add(block)), { decodeEntities: true });
    parser.end(email.html);
  }
}

function headOf({ from, to, cc, date, attachments }: Email): string {
  const names = attachments.flatMap(({ filename }) => filename ?? []);
  const lines = [
    ['From', from && addressOf(from)],
    ['To', to?.map(addressOf).join(', ')],
    ['Cc', cc?.map(addressOf).join(', ')],
    ['Date', date],
    ['Attachments', names.join(', ')],
  ] as const;
  return lines.flatMap(([name, value]) => (value ? [`${name}: ${value}`] : [])).join('\n');
}

const addressOf = ({ name, address }: Address): string => [name, address && `<${address}>`].filter(Boolean).join(' ');
