import { z } from 'zod';
import { bytes, count } from './numbers.js';

/** Settings of the files that the gateway hosts. */
export const hostedAssetsSchema = z.strictObject({
  maxFileBytes: bytes.default(16 * 1024 * 1024).describe('Largest file of PUT /slipstream/v1/assets.'),
  maxFiles: count.default(10_000).describe('Largest number of hosted files.'),
});
