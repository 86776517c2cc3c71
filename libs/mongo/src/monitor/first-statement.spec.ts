import { expect, it } from 'vitest';
import { firstStatement } from './first-statement.js';

const STATEMENT = { q: { a: 1 }, u: { $set: { b: 2 } } };

it.each([
  ['a list', [STATEMENT, { q: {} }], STATEMENT],
  ["the driver's sequence of a bulk write", { field: 'updates', documents: [STATEMENT], chunks: [] }, STATEMENT],
  ['an empty list', [], undefined],
  ['nothing', undefined, undefined],
])('reads the first statement of %s', (_, statements, first) => expect(firstStatement(statements)).toEqual(first));
