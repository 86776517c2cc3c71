import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownDatabase } from '../testing/own-database.js';
import { explainReport } from './explain-report.js';

const pool = ownDatabase('explain');
const chats = () => pool.connection.collection('chats');
const DOCUMENTS = 1500;

beforeAll(async () => {
  const documents = Array.from({ length: DOCUMENTS }, (_, n) => ({
    userId: `u${n % 100}`,
    state: n % 500 === 0 ? 'open' : 'closed',
    createdAt: new Date(n * 1000),
  }));
  await chats().insertMany(documents);
  await chats().createIndex({ state: 1 });
});
afterAll(() => pool.connection.db?.dropDatabase().then(() => undefined));

const codesOf = (document: unknown) =>
  explainReport(document).findings.map(({ code, index }) => [code, ...(index ? [index] : [])]);

describe('explain("executionStats") of a real server', () => {
  it('scan and sort without an index, and with the advised one', async () => {
    const explain = () => chats().find({ userId: 'u7' }).sort({ createdAt: -1 }).explain('executionStats');
    const advised = { userId: 1, createdAt: -1 } as const;
    const before = await explain();
    expect(codesOf(before)).toEqual([
      ['collection_scan', advised],
      ['in_memory_sort', advised],
    ]);
    await chats().createIndex(advised);
    const { stages, findings } = explainReport(await explain());
    expect(findings).toEqual([]);
    expect(stages.find(({ stage }) => stage === 'FETCH')).toMatchObject({ docsExamined: 15, returned: 15 });
  });

  it('an index that selects poorly', async () => {
    const filter = { state: 'closed', createdAt: { $gt: new Date((DOCUMENTS - 4) * 1000) } };
    const document = await chats().find(filter).hint({ state: 1 }).explain('executionStats');
    expect(codesOf(document)).toEqual([['poor_selectivity', { state: 1, createdAt: 1 }]]);
  });

  it('an aggregation that groups a scan', async () => {
    const pipeline = [{ $match: { createdAt: { $gt: new Date(0) } } }, { $group: { _id: '$userId', n: { $sum: 1 } } }];
    const document = await chats().aggregate(pipeline).explain('executionStats');
    expect(codesOf(document)).toEqual([['collection_scan', { createdAt: 1 }]]);
  });

  it('a read of very many documents', async () => {
    const document = await chats().find({ state: 'closed' }).explain('executionStats');
    expect(codesOf(document)).toEqual([['over_fetch']]);
  });

  it('a page far from the first', async () => {
    const cursor = chats().find({ state: 'closed' }).sort({ _id: 1 }).hint({ _id: 1 }).skip(1_200).limit(10);
    expect(codesOf(await cursor.explain('executionStats'))).toContainEqual(['large_skip']);
  });

  it('a read by id', async () => {
    const document = await chats()
      .find({ _id: (await chats().findOne())?._id })
      .explain('executionStats');
    expect(codesOf(document)).toEqual([]);
  });
});
