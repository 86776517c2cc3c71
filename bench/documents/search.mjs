import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DocumentSearch, HashedNgramEmbedder } from '@slipstream/documents';
import { LanceStore } from '@slipstream/vectors/lance';
import { median, p95 } from '../harness/distribution.mjs';
import { textOf } from './texts.mjs';

const USERS = 50;
const DOCUMENTS = 20;
const CHUNKS = 100;
const BATCH = 5_000;
const WARM_UP = 50;
const QUERIES = 400;

/** Searches in 100,000 passages of 50 users: of the whole user, and of three documents. */
export async function measureSearch() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-vectors-'));
  const vectors = new LanceStore({ uri: folder });
  try {
    const embedder = new HashedNgramEmbedder();
    const space = await vectors.space(await embedder.identity());
    let rows = [];
    for (const row of rowsOf()) {
      rows.push(row);
      if (rows.length < BATCH) continue;
      await add(space, embedder, rows);
      rows = [];
    }
    const from = performance.now();
    await space.maintain();
    const indexSeconds = (performance.now() - from) / 1000;
    const { rows: stored, fragments } = await space.statistics();
    const search = new DocumentSearch(documentsIn(space.name), vectors, embedder);
    const byUser = await times(search, () => undefined);
    const byDocument = await times(search, (user) => [0, 1, 2].map((n) => `u${user}d${n}`));
    return { rows: stored, fragments, indexSeconds, byUser, byDocument };
  } finally {
    await vectors.close();
    rmSync(folder, { recursive: true });
  }
}

function* rowsOf() {
  for (let user = 0; user < USERS; user += 1)
    for (let document = 0; document < DOCUMENTS; document += 1)
      for (let ordinal = 0; ordinal < CHUNKS; ordinal += 1) {
        const text = textOf((user * DOCUMENTS + document) * CHUNKS + ordinal, 1_000);
        yield { userId: `u${user}`, documentId: `u${user}d${document}`, fence: 1, ordinal, text, start: 0, end: 1 };
      }
}

async function add(space, embedder, rows) {
  const found = await embedder.embed(rows.map(({ text }) => text));
  await space.add(rows.map((row, index) => ({ ...row, vector: found[index] })));
}

/** The records that MongoDB would return. */
const documentsIn = (space) => ({
  spacesOf: async () => [space],
  searchable: async (_user, ids) => ids.map((_id) => ({ _id, name: _id, index: { space, fence: 1 } })),
});

async function times(search, documentIdsOf) {
  const all = [];
  for (let n = 0; n < WARM_UP + QUERIES; n += 1) {
    const user = n % USERS;
    const documentIds = documentIdsOf(user);
    const query = textOf(n * 977, 60);
    const from = performance.now();
    const { items } = await search.search(`u${user}`, { query, k: 8, ...(documentIds && { documentIds }) });
    if (n >= WARM_UP) all.push(performance.now() - from);
    if (items.length !== 8) throw new Error('a search found too little');
  }
  return { median: median(all), p95: p95(all) };
}
