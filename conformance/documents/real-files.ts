import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { flatSheet, flatSlides, flatText } from './flat-files.js';

const run = promisify(execFile);

/** Programs that write files. */
export interface Programs {
  soffice: string;
  chromium: string;
}

/** A file that a program has written, with a sentence of its middle that no other file has. */
export interface RealFile {
  path: string;
  sentence: string;
}

const PARAGRAPHS = 60;
const WORDS = ['harbour', 'ledger', 'keeper', 'lantern', 'rope', 'gauge', 'cellar', 'winter', 'signal', 'boat'];

/** Paragraphs whose middle one is the sentence. */
const around = (sentence: string): string[] =>
  Array.from({ length: PARAGRAPHS }, (_, n) =>
    n === PARAGRAPHS / 2 ? sentence : `Entry ${n} of the ${WORDS[n % 10]} and the ${WORDS[(n * 7 + 3) % 10]} was made.`,
  );

const html = (sentence: string): string =>
  `<!doctype html><title>Log</title><h1>Log</h1>${around(sentence)
    .map((text) => `<p>${text}</p>`)
    .join('')}`;

/** Sources, what LibreOffice converts them to, and the sentence. */
const CONVERSIONS: [source: string, target: string, sentence: string][] = [
  ['fodt', 'docx', 'Ottilie Brandt repaired the copper barometer.'],
  ['fodt', 'odt', 'Matteo Ferri counted eleven cormorants.'],
  ['fodt', 'pdf', 'Ingrid Solberg painted the weathercock green.'],
  ['fodt', 'html', 'Pilar Ibarra greased the winch of the slipway.'],
  ['fodt', 'txt', 'Jonas Eriksen replaced the shutters of the oil store.'],
  ['fods', 'xlsx', 'Thandi Nkosi delivered forty sacks of anthracite.'],
  ['fods', 'csv', 'Yusuf Demir borrowed the sextant on a Sunday.'],
  ['fodp', 'pptx', 'Leila Haddad rewound the clockwork of the lamp.'],
];

const SOURCES: Readonly<Record<string, (paragraphs: readonly string[]) => string>> = {
  fodt: flatText,
  fods: flatSheet,
  fodp: flatSlides,
};

const PRINTED = 'Bronwen Price mended the nets with tarred twine.';
const MAILED = 'Käthe Größl überprüfte das Nebelhorn.';

const MAIL = `
import sys
from email.message import EmailMessage
mail = EmailMessage()
mail['From'], mail['To'], mail['Subject'] = 'Käthe <kaethe@example.org>', 'ada@example.org', 'Überprüfung'
mail.set_content(open(sys.argv[1], encoding='utf-8').read())
mail.add_attachment(b'x', maintype='application', subtype='octet-stream', filename='anhang.bin')
open(sys.argv[2], 'wb').write(mail.as_bytes())
`;

/** Has the programs write a file of each kind into the folder. */
export async function writeRealFiles(folder: string, { soffice, chromium }: Programs): Promise<RealFile[]> {
  const files: RealFile[] = [];
  for (const [source, target, sentence] of CONVERSIONS) {
    const path = join(folder, `log-${target}.${source}`);
    await writeFile(path, SOURCES[source]!(around(sentence)));
    const profile = `-env:UserInstallation=file://${join(folder, 'profile')}`;
    await run(soffice, [profile, '--headless', '--convert-to', target, '--outdir', folder, path], { timeout: 90_000 });
    files.push({ path: path.replace(extname(path), `.${target}`), sentence });
  }
  return [...files, await printed(folder, chromium), await mailed(folder)];
}

async function printed(folder: string, chromium: string): Promise<RealFile> {
  const source = join(folder, 'printed.html');
  const path = join(folder, 'printed.pdf');
  await writeFile(source, html(PRINTED));
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];
  const profile = `--user-data-dir=${join(folder, 'chromium')}`;
  await run(chromium, [...flags, profile, `--print-to-pdf=${path}`, `file://${source}`], { timeout: 90_000 });
  return { path, sentence: PRINTED };
}

async function mailed(folder: string): Promise<RealFile> {
  const source = join(folder, 'mail.txt');
  const path = join(folder, 'mail.eml');
  await writeFile(source, around(MAILED).join('\n\n'));
  await run('python3', ['-c', MAIL, source, path]);
  return { path, sentence: MAILED };
}

/** Uploads the file by curl. @returns the answer's status and body */
export async function curlUpload(url: string, userId: string, path: string): Promise<{ status: number; body: string }> {
  const { stdout } = await run('curl', [
    '-sS',
    '-w',
    '\n%{http_code}',
    '-H',
    `X-Slipstream-User: ${userId}`,
    '-F',
    `file=@${path}`,
    `${url}/slipstream/v1/documents`,
  ]);
  const at = stdout.lastIndexOf('\n');
  return { status: Number(stdout.slice(at + 1)), body: stdout.slice(0, at) };
}
