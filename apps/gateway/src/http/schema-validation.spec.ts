import { InvalidInputError } from '@slipstream/contracts';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { schemaValidation } from './schema-validation.js';

const schema = z.strictObject({
  url: z.string(),
  limits: z.strictObject({ rate: z.number().max(5, 'must be at most 5') }).optional(),
});

async function refusal(body: unknown): Promise<InvalidInputError['fields']> {
  const error = await Promise.resolve(schemaValidation().transform(body, { type: 'body', schema })).catch(
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof InvalidInputError)) expect.fail('the body was accepted');
  return error.fields;
}

describe('schemaValidation', () => {
  it('names every field, wherever it stands', async () => {
    expect(await refusal({ url: 'x', wieght: 2, limits: { rate: 9, burst: 1 } })).toEqual([
      { path: 'limits.rate', message: 'must be at most 5' },
      { path: 'limits.burst', message: 'is not a field of this request' },
      { path: 'wieght', message: 'is not a field of this request' },
    ]);
  });

  it('tells of twenty at most', async () => {
    expect(await refusal(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f${i}`, i])))).toHaveLength(20);
  });

  it('calls a value that is no object by no name', async () => {
    expect(await refusal('text')).toEqual([{ path: 'value', message: expect.stringContaining('expected object') }]);
  });
});
