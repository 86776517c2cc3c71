import type { AssetOptimizer, CodedAsset } from '@slipstream/assets';
import type { StoredResponse } from '@slipstream/http-cache';
import { expect, it } from 'vitest';
import { AssetTransformations } from './asset-transformations.js';
import { CodedAnswers } from './coded-answers.js';

const FRESH: Omit<StoredResponse, 'headers' | 'body'> = {
  statusCode: 200,
  answeredAt: 0,
  initialAgeMs: 0,
  freshUntil: 1,
  staleWhileRevalidateUntil: 1,
  staleIfErrorUntil: 1,
  mayBeStale: true,
  needsValidation: false,
  allowsCookie: true,
  allowsAuthorization: true,
};
const IMMUTABLE = ['Cache-Control', 'public, max-age=31536000, immutable'];

it.each([
  ['/static/a.css', 'text/css', undefined, { type: 'style' }],
  ['/static/a.png?w=64&q=80', 'image/png', 'avif', { type: 'image', to: 'avif', width: 64, quality: 80 }],
  ['/_app/a.js?v=1', 'text/javascript', undefined, { type: 'script' }],
] as const)('a client that names a Host of no URL gets %s made smaller', async (target, type, form, expected) => {
  const kept: string[] = [];
  const asked: unknown[] = [];
  const made: CodedAsset = { digest: 'd', contentBytes: 1, bytes: Buffer.alloc(1), isTransformed: true };
  const optimizer: Pick<AssetOptimizer, 'recode'> = {
    recode: async (_, { transformation }) => (asked.push(transformation), made),
  };
  const transformations = new AssetTransformations({
    minify: ['/static/**', '/_app/**'],
    images: true,
    imageWidths: [64],
    maxImagePixels: 1e6,
  });
  const answers = new CodedAnswers({ optimizer, transformations, dictionaries: { add: (path) => kept.push(path) } });
  const stored = { ...FRESH, headers: ['Content-Type', type, ...IMMUTABLE], body: Buffer.alloc(2000) };
  const better = await answers.improve(stored, `http://a.example:99999${target}`, { acceptEncoding: 'br', form });
  expect(better?.body).toHaveLength(1);
  expect(asked).toEqual([expect.objectContaining(expected)]);
  expect(kept).toEqual(type === 'image/png' ? [] : [target.split('?')[0]]);
});
