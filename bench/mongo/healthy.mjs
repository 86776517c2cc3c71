import { COLLECTIONS } from './collections.mjs';

const list = (find) => find.limit(20).toArray();

/** Shapes that every collection serves by its primary key. */
const byId = Object.keys(COLLECTIONS).flatMap((name) => [
  (db) => db.collection(name).findOne({ _id: 7 }),
  (db) =>
    db
      .collection(name)
      .find({ _id: { $in: [1, 2, 3, 4, 5] } })
      .toArray(),
  (db) => db.collection(name).updateOne({ _id: 7 }, { $set: { seen: true } }),
  (db) => db.collection(name).findOneAndUpdate({ _id: 8 }, { $set: { seen: true } }),
  (db) =>
    list(
      db
        .collection(name)
        .find({ _id: { $gt: 100 } })
        .sort({ _id: 1 }),
    ),
]);

/**
 * 50 query shapes without a problem.
 * @type {((db: import('mongodb').Db) => Promise<unknown>)[]}
 */
export const HEALTHY = [
  ...byId,
  (db) => list(db.collection('c6').find({ city: 'c7' }).sort({ total: 1 })),
  (db) => list(db.collection('c6').find({ kind: 7 }).sort({ at: 1 })),
  (db) => list(db.collection('c8').find({ owner: 'o7' }).sort({ at: -1 })),
  (db) =>
    list(
      db
        .collection('c8')
        .find({ owner: 'o7', at: { $lt: 20_000 } })
        .sort({ at: -1 }),
    ),
  (db) => db.collection('c8').find({ owner: 'o7' }).toArray(),
  (db) => db.command({ count: 'c8', query: { owner: 'o7' } }),
  (db) => list(db.collection('c8').find({ city: 'c9', kind: 7 }).sort({ total: 1 })),
  (db) => list(db.collection('c8').find({ city: 'c9', kind: 7, total: { $gte: 500 } })),
  (db) => list(db.collection('c8').find({ kind: 7 }).sort({ at: -1 })),
  (db) =>
    db
      .collection('c8')
      .aggregate([{ $match: { owner: 'o7' } }, { $sort: { at: -1 } }, { $limit: 10 }])
      .toArray(),
];
