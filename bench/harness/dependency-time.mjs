const LINE = /^slipstream_dependency_duration_seconds_sum\{(.*)\} (\S+)$/gm;

/**
 * Time that services have spent so far in calls to one dependency.
 * @param {string[]} managementUrls
 * @param {string} dependency
 * @returns {Promise<Map<string, number>>} seconds by operation
 */
export async function dependencySeconds(managementUrls, dependency) {
  const seconds = new Map();
  for (const url of managementUrls) {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    for (const [, labels, value] of metrics.matchAll(LINE)) {
      if (!labels.includes(`dependency="${dependency}"`)) continue;
      const [, operation] = /operation="([^"]*)"/.exec(labels);
      seconds.set(operation, (seconds.get(operation) ?? 0) + Number(value));
    }
  }
  return seconds;
}
