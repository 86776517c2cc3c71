import { Counter, Gauge, Histogram, type Metric, type Registry } from 'prom-client';

/** Returns a metric of a registry. The first call creates it, because services of one process share a registry. */
export interface MetricDefinition<Label extends string> {
  name: `slipstream_${string}`;
  help: string;
  labelNames: readonly Label[];
}

export const counter = <Label extends string>(
  registry: Registry,
  definition: MetricDefinition<Label>,
): Counter<Label> =>
  registered(registry, definition.name, Counter<Label>, () => new Counter({ ...definition, registers: [registry] }));

export const gauge = <Label extends string>(registry: Registry, definition: MetricDefinition<Label>): Gauge<Label> =>
  registered(registry, definition.name, Gauge<Label>, () => new Gauge({ ...definition, registers: [registry] }));

/** @param buckets upper bounds, ascending, in the metric's unit */
export const histogram = <Label extends string>(
  registry: Registry,
  definition: MetricDefinition<Label>,
  buckets: readonly number[],
): Histogram<Label> =>
  registered(
    registry,
    definition.name,
    Histogram<Label>,
    () => new Histogram({ ...definition, buckets: [...buckets], registers: [registry] }),
  );

type Constructor<T> = abstract new (...parameters: never[]) => T;

function registered<T extends Metric>(registry: Registry, name: string, type: Constructor<T>, create: () => T): T {
  const existing = registry.getSingleMetric(name);
  if (existing === undefined) return create();
  if (existing instanceof type) return existing;
  throw new TypeError(`The metric '${name}' is registered as another kind.`);
}
