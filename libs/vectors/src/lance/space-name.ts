import { createHash, randomBytes } from 'node:crypto';
import type { EmbedderIdentity } from '../vector-store.port.js';

const NAME = /^chunks_[0-9a-f]{16}_(\d{1,5})_[0-9a-f]{12}$/;

/** Prefix of the names of all spaces of an embedder. */
export const prefixOf = ({ name, dimensions }: EmbedderIdentity): string =>
  `chunks_${createHash('sha256').update(name).digest('hex').slice(0, 16)}_${dimensions}_`;

/** A name that no space has had. */
export const newName = (embedder: EmbedderIdentity): string => `${prefixOf(embedder)}${randomBytes(6).toString('hex')}`;

export const isSpaceName = (name: string): boolean => NAME.test(name);

/** Dimensions of the vectors of a space. */
export const dimensionsOf = (name: string): number => Number(NAME.exec(name)?.[1] ?? 0);
