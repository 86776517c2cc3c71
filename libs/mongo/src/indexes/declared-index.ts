import type { Connection, IndexOptions, mongo } from 'mongoose';
import type { KeyPattern } from '../explain/plan-stage.js';

/** An index that a schema declares. */
export interface DeclaredIndex {
  collection: string;
  name: string;
  key: KeyPattern;
  options: mongo.CreateIndexesOptions;
  /**
   * Whether it does more than speed up reads: a unique index keeps data correct, and a TTL index bounds it. Such an
   * index is created at start.
   */
  isEssential: boolean;
}

/** The indexes that the schemas of the models on this connection declare. */
export const declaredIndexes = ({ models }: Pick<Connection, 'models'>): DeclaredIndex[] =>
  Object.values(models).flatMap(({ collection, schema }) =>
    schema
      .indexes()
      .map(([key, options]) => declaredIndex(collection.collectionName, key as KeyPattern, optionsOf(options))),
  );

function declaredIndex(collection: string, key: KeyPattern, options: mongo.CreateIndexesOptions): DeclaredIndex {
  const isEssential = options.unique === true || options.expireAfterSeconds !== undefined;
  return { collection, name: options.name ?? Object.entries(key).flat().join('_'), key, options, isEssential };
}

/** Without what is Mongoose's own: an option that servers ignore, and the text of an error. */
function optionsOf({ background, unique, ...options }: IndexOptions): mongo.CreateIndexesOptions {
  void background;
  return { ...options, ...(unique && { unique: true }) };
}
