import type { Model, Query, Schema } from 'mongoose';

/** A stored document of any version. */
export type Stored = Record<string, unknown>;

/** The step from one version of a schema to the next one. */
export interface Upgrade {
  /** Fields that {@link apply} reads. They are read too if a query names the fields that it wants. */
  readonly reads: readonly string[];
  /**
   * Changes a document of the older version into one of the newer version, in place. A newer process may have set
   * fields of the newer version already; they must stay.
   */
  readonly apply: (document: Stored) => void;
}

/** Field with the version of a document. A document without it is of version 1. */
export const VERSION_FIELD = 'schemaVersion';

/**
 * Declares the steps from version 1 of a schema to its current one. New documents get the current version. A document
 * of an older version is upgraded when it is read, by a `find` or `findOneAnd…`, lean or not. It stays stored as it is
 * until `npm run db:migrate`; until then, conditions on the fields of a newer version do not find it.
 * @param upgrades none while there is only version 1, which stores no version
 * @returns the schema
 */
export function versioned<S extends Schema>(schema: S, upgrades: readonly Upgrade[] = []): S {
  schema.plugin(upgradeOnRead as (schema: Schema, options?: { upgrades: readonly Upgrade[] }) => void, { upgrades });
  return schema;
}

/** The steps to the current version of a model; none if it is of version 1. */
export function upgradesOf({ schema }: Pick<Model<unknown>, 'schema'>): readonly Upgrade[] {
  const { plugins } = schema as unknown as { plugins: { fn: unknown; opts?: { upgrades: readonly Upgrade[] } }[] };
  return plugins.find(({ fn }) => fn === upgradeOnRead)?.opts?.upgrades ?? [];
}

/** Changes a document into one of the current version, in place. A newer document stays as it is. */
export function upgrade(document: Stored, upgrades: readonly Upgrade[]): void {
  const steps = upgrades.slice(versionOf(document) - 1);
  for (const { apply } of steps) apply(document);
  if (steps.length > 0) document[VERSION_FIELD] = upgrades.length + 1;
}

const versionOf = ({ [VERSION_FIELD]: version }: Stored): number => (typeof version === 'number' ? version : 1);

const READS = ['find', 'findOne', 'findOneAndUpdate', 'findOneAndReplace', 'findOneAndDelete'] as const;

function upgradeOnRead(schema: Schema, { upgrades }: { upgrades: readonly Upgrade[] }): void {
  if (upgrades.length === 0) return;
  schema.add({ [VERSION_FIELD]: { type: Number, default: upgrades.length + 1 } });
  const needed = Object.fromEntries(
    [VERSION_FIELD, ...upgrades.flatMap(({ reads }) => reads)].map((name) => [name, 1]),
  );
  schema.pre([...READS], function (this: Query<unknown, unknown>) {
    if (this.selectedInclusively()) this.select(needed);
  });
  schema.post([...READS], function (this: Query<unknown, unknown>, found: unknown) {
    if (!this.mongooseOptions().lean) return; // documents of Mongoose were upgraded before they were made
    for (const document of [found].flat()) if (document) upgrade(document as Stored, upgrades);
  });
  schema.pre('init', (document: Stored) => upgrade(document, upgrades));
}
