const IN_ONE_REQUEST = 50;

const keyed = (collection, ...fields) => ({
  kind: 'create_index',
  matches: (advice) =>
    advice.collection === collection && fields.every((field, at) => Object.keys(advice.index)[at] === field),
});
/** Both fields in any order: two equalities. */
const keyedByBoth = (collection, ...fields) => ({
  kind: 'create_index',
  matches: ({ collection: of, index }) => of === collection && fields.every((field) => field in index),
});
const hidden = (collection, name) => ({
  kind: 'hide_index',
  matches: (advice) => advice.collection === collection && advice.name === name,
});
const changed = (collection, code) => ({
  kind: 'change_query',
  matches: (advice) => advice.collection === collection && advice.code === code,
});

/**
 * The seeded problems: `run` sends the query (absent for an index that is superfluous), `advice` is what must be found.
 * @type {{name: string, run?: (db: import('mongodb').Db, inRequest: (task: () => Promise<void>) => Promise<void>) =>
 *   Promise<unknown>, advice: {kind: string, matches: (advice: object) => boolean}}[]}
 */
export const PROBLEMS = [
  {
    name: 'missing: equality',
    run: (db) => db.collection('c1').find({ mail: 'm77' }).toArray(),
    advice: keyed('c1', 'mail'),
  },
  {
    name: 'missing: equality and order',
    run: (db) => db.collection('c1').find({ owner: 'o7' }).sort({ at: -1 }).limit(20).toArray(),
    advice: keyed('c1', 'owner', 'at'),
  },
  {
    name: 'missing: count',
    run: (db) => db.command({ count: 'c1', query: { city: 'c7' } }),
    advice: keyed('c1', 'city'),
  },
  {
    name: 'wrong order: the sorted field first',
    run: (db) => db.collection('c2').find({ owner: 'o7' }).sort({ at: -1 }).limit(20).toArray(),
    advice: keyed('c2', 'owner', 'at'),
  },
  {
    name: 'wrong order: the range first',
    run: (db) =>
      db
        .collection('c2')
        .find({ city: 'c7', ref: { $gte: 'm2' } })
        .limit(50)
        .toArray(),
    advice: keyed('c2', 'city', 'ref'),
  },
  {
    name: 'poor selectivity: one of two equalities',
    run: (db) => db.collection('c2').find({ kind: 7, owner: 'o7' }).toArray(),
    advice: keyedByBoth('c2', 'kind', 'owner'),
  },
  {
    name: 'scan: aggregation',
    run: (db) =>
      db
        .collection('c3')
        .aggregate([{ $match: { city: 'c7' } }, { $group: { _id: '$kind', n: { $sum: 1 } } }])
        .toArray(),
    advice: keyed('c3', 'city'),
  },
  {
    name: 'scan: distinct',
    run: (db) => db.collection('c3').distinct('kind', { owner: 'o7' }),
    advice: keyed('c3', 'owner'),
  },
  {
    name: 'scan: update',
    run: (db) => db.collection('c4').updateMany({ mail: 'm77' }, { $set: { seen: true } }),
    advice: keyed('c4', 'mail'),
  },
  { name: 'scan: delete', run: (db) => db.collection('c4').deleteMany({ city: 'none' }), advice: keyed('c4', 'city') },
  {
    name: 'scan: findAndModify',
    run: (db) => db.collection('c4').findOneAndUpdate({ ref: 'm999999' }, { $set: { seen: true } }),
    advice: keyed('c4', 'ref'),
  },
  {
    name: 'sort in memory: after an equality',
    run: (db) => db.collection('c5').find({ owner: 'o7' }).sort({ total: 1 }).limit(10).toArray(),
    advice: keyed('c5', 'owner', 'total'),
  },
  {
    name: 'sort in memory: everything',
    run: (db) => db.collection('c5').find({}).sort({ total: -1 }).limit(20).toArray(),
    advice: keyed('c5', 'total'),
  },
  { name: 'redundant index: a prefix', advice: hidden('c6', 'city_1') },
  { name: 'redundant index: another prefix', advice: hidden('c6', 'kind_1') },
  { name: 'unused index', advice: hidden('c6', 'mail_1') },
  { name: 'unused compound index', advice: hidden('c7', 'at_1_mail_1') },
  {
    name: 'over-fetch: no limit',
    run: (db) => db.collection('c7').find({ kind: 7 }).toArray(),
    advice: changed('c7', 'over_fetch'),
  },
  {
    name: 'large skip',
    run: (db) => db.collection('c7').find({}).sort({ _id: 1 }).skip(20_000).limit(10).toArray(),
    advice: changed('c7', 'large_skip'),
  },
  {
    name: 'N+1 reads',
    run: (db, inRequest) =>
      inRequest(async () => {
        for (let n = 0; n < IN_ONE_REQUEST; n++) await db.collection('c8').findOne({ mail: `m${n}` });
      }),
    advice: { kind: 'load_together', matches: ({ collection }) => collection === 'c8' },
  },
];
