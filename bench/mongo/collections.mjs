/** Collections of 25,000 documents each, with the indexes that the seeded problems are about. */
export const COLLECTIONS = {
  c1: [],
  c2: [{ at: 1, owner: 1 }, { ref: 1, city: 1 }, { kind: 1 }],
  c3: [],
  c4: [],
  c5: [{ owner: 1 }],
  c6: [{ city: 1 }, { city: 1, total: 1 }, { kind: 1 }, { kind: 1, at: 1 }, { mail: 1 }],
  c7: [{ kind: 1 }, { at: 1, mail: 1 }],
  c8: [{ mail: 1 }, { owner: 1, at: -1 }, { city: 1, kind: 1, total: 1 }, { kind: 1, at: -1 }],
};

const BATCH = 5_000;
const TEXT = 'x'.repeat(120);

/** 500 owners, 10 kinds, 100 cities, 1,000 totals; `mail` and `at` differ in every document. */
const documentAt = (n) => ({
  _id: n,
  owner: `o${n % 500}`,
  kind: n % 10,
  city: `c${(n * 7) % 100}`,
  total: (n * 13) % 1000,
  at: n,
  mail: `m${n}`,
  ref: `m${(n * 3) % 25_000}`,
  text: TEXT,
});

/**
 * Stores the documents, and builds the indexes.
 * @param {import('mongodb').Db} db
 * @param {number} documents in all
 */
export async function seed(db, documents) {
  const names = Object.keys(COLLECTIONS);
  const each = Math.floor(documents / names.length);
  for (const [name, indexes] of Object.entries(COLLECTIONS)) {
    for (let from = 0; from < each; from += BATCH) {
      const count = Math.min(BATCH, each - from);
      await db.collection(name).insertMany(Array.from({ length: count }, (_, n) => documentAt(from + n)));
    }
    for (const key of indexes) await db.collection(name).createIndex(key);
  }
}
