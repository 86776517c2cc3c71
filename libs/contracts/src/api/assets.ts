import { z } from 'zod';

/** Name of a hosted file in its URL. */
export const assetId = z
  .string()
  .regex(/^[a-z0-9_-]{1,64}-[\w-]{22}\.[a-z0-9]{2,5}$/, 'must be the id of an asset, such as logo-….png');

/** Query of `PUT /slipstream/v1/assets`. */
export const assetQuery = z.object({
  name: z.string().min(1).max(255).describe('Name of the file, such as logo.png. Its extension defines the type.'),
});
export type AssetQuery = z.infer<typeof assetQuery>;

/** A file that the gateway hosts. */
export const hostedAsset = z.object({
  id: assetId,
  /** Path at this gateway, or absolute URL at the CDN. */
  url: z.string(),
  type: z.string(),
  bytes: z.number().int(),
  sha256: z.string(),
  createdAt: z.iso.datetime(),
});
export type HostedAssetView = z.infer<typeof hostedAsset>;

/** Body of `POST /slipstream/v1/assets/signed-urls`. */
export const signUrl = z.strictObject({
  path: z
    .string()
    .max(4096)
    .regex(/^\/[^\s#]*$/, 'must be a path, with or without a query'),
  expiresInSeconds: z.number().int().min(1).max(604_800).describe('1 second to 7 days.'),
});
export type SignUrl = z.infer<typeof signUrl>;

/** A path that can be requested until a time. */
export const signedUrl = z.object({ url: z.string(), expiresAt: z.iso.datetime() });
export type SignedUrlView = z.infer<typeof signedUrl>;
