import type { PurgeScope } from '../purge/purge-scope.js';
import { KeyIndex } from './key-index.js';
import type { RecordNames } from './packed-record.js';

/** Finds the keys of records by the scope of a purge, and the variants of one answer. */
export class RecordIndex {
  private readonly byUrl = new KeyIndex();
  private readonly byTag = new KeyIndex();
  private readonly variants = new KeyIndex();

  add({ key, primary, url, tags }: RecordNames): void {
    if (url !== key) this.byUrl.add(url, key);
    for (const tag of tags) this.byTag.add(tag, key);
    if (key !== primary) this.variants.add(primary, key);
  }

  remove({ key, primary, url, tags }: RecordNames): void {
    this.byUrl.remove(url, key);
    for (const tag of tags) this.byTag.remove(tag, key);
    this.variants.remove(primary, key);
  }

  /** @returns the variant that was added first, if there are more than `max` of this primary key */
  oldestVariantPast(primary: string, max: number): string | undefined {
    return this.variants.oldestPast(primary, max);
  }

  /** @returns keys that include all targets of a purge; undefined: every key may be a target */
  candidates(scope: PurgeScope): string[] | undefined {
    if (scope.type === 'tags') return scope.tags.flatMap((tag) => this.byTag.keysOf(tag));
    if (scope.type === 'url' && !scope.url.startsWith('/')) return [scope.url, ...this.byUrl.keysOf(scope.url)];
    return undefined;
  }
}
