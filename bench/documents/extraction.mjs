import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractInThread } from '@slipstream/documents/extraction';
import { pdfOf, zipOf } from '@slipstream/documents/testing';
import { extractText, getDocumentProxy } from 'unpdf';
import { installFromPypi } from '../../tools/services/pypi-venv.mjs';
import { findOnPath } from '../../tools/run.mjs';
import { CACHE_DIR, say } from '../../tools/workspace.mjs';
import { median } from '../harness/distribution.mjs';
import { pageText } from './texts.mjs';

const PAGES = 600;
const ROUNDS = 5;
const OPTIONS = {
  timeoutMs: 60_000,
  maxBytes: 512 * 1024 ** 2,
  maxChars: 50_000_000,
  maxUnpackedBytes: 500 * 1024 ** 2,
};
const PYPDF = { name: 'pypdf', version: '6.1.3' };

/** Pages per second of one thread, beside unpdf in this process and a loop of pypdf; all on the same file, in turn. */
export async function measureExtraction() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-documents-'));
  try {
    const pages = Array.from({ length: PAGES }, (_, n) => pageText(n));
    const pdf = pdfOf(pages);
    const path = join(folder, 'pages.pdf');
    writeFileSync(path, pdf);
    writeFileSync(join(folder, 'pages.docx'), docxOf(pages));
    const python = join(await installFromPypi(findOnPath('python3', process.env), PYPDF, context()), 'python');
    const ways = {
      'Slipstream, PDF': () => ownSeconds(path, 'pdf'),
      unpdf: () => unpdfSeconds(pdf),
      pypdf: () => pypdfSeconds(python, path),
      'Slipstream, DOCX': () => ownSeconds(join(folder, 'pages.docx'), 'docx'),
    };
    const rates = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
    for (let round = 0; round < ROUNDS; round += 1)
      for (const [name, way] of Object.entries(ways)) rates[name].push(PAGES / (await way()));
    return { pages: PAGES, rates: Object.fromEntries(Object.entries(rates).map(([name, all]) => [name, median(all)])) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const context = () => ({ cacheDir: CACHE_DIR, consentToInstall: false, env: process.env, log: say });

const docxOf = (pages) =>
  zipOf({
    'word/document.xml': `<w:document><w:body>${pages
      .map((text) => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`)
      .join('')}</w:body></w:document>`,
  });

async function seconds(work) {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
}

const ownSeconds = (path, kind) =>
  seconds(async () => {
    const file = await open(path);
    let chars = 0;
    const parts = extractInThread({ fd: file.fd, kind, skipParts: 0 }, OPTIONS, AbortSignal.timeout(60_000));
    for await (const { blocks } of parts) chars += blocks.reduce((sum, { text }) => sum + text.length, 0);
    await file.close();
    if (chars < PAGES * 1000) throw new Error(`${path} gave ${chars} characters`);
  });

const unpdfSeconds = (pdf) =>
  seconds(async () => {
    const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)));
    if (text.length !== PAGES) throw new Error('unpdf read other pages');
  });

const LOOP = `
import sys, time
from pypdf import PdfReader
start = time.perf_counter()
for page in PdfReader(sys.argv[1]).pages: page.extract_text()
print(time.perf_counter() - start)
`;
const pypdfSeconds = async (python, path) => Number(execFileSync(python, ['-c', LOOP, path], { encoding: 'utf8' }));
