import { extractCsv } from './csv.extractor.js';
import { extractDocx } from './docx.extractor.js';
import { extractEmail } from './email.extractor.js';
import type { ExtractedKind, Extractor } from './extractor.js';
import { extractDoclingAnswer } from './external/docling-answer.extractor.js';
import { extractOpenWebuiAnswer } from './external/open-webui-answer.extractor.js';
import { extractTikaAnswer } from './external/tika-answer.extractor.js';
import { extractHtml } from './html.extractor.js';
import { extractOdt } from './odt.extractor.js';
import { extractPdf } from './pdf.extractor.js';
import { extractPptx } from './pptx.extractor.js';
import { extractMarkdown, extractText } from './text.extractor.js';
import { refuseUnknown } from './unknown.extractor.js';
import { extractXlsx } from './xlsx.extractor.js';

/** The extractor of each kind of file, and of the answers of external extractors. */
export const EXTRACTORS: Readonly<Record<ExtractedKind, Extractor>> = {
  pdf: extractPdf,
  docx: extractDocx,
  pptx: extractPptx,
  xlsx: extractXlsx,
  odt: extractOdt,
  html: extractHtml,
  markdown: extractMarkdown,
  csv: extractCsv,
  email: extractEmail,
  text: extractText,
  unknown: refuseUnknown,
  'open-webui-answer': extractOpenWebuiAnswer,
  'tika-answer': extractTikaAnswer,
  'docling-answer': extractDoclingAnswer,
};
