import { bytesWrittenAhead } from '@slipstream/http';
import type { ResponseCache } from '@slipstream/http-cache';
import { collect, type Registry } from '@slipstream/telemetry';
import type { ResponseCacheCounts } from './response-cache-counts.js';

/** Shows the response cache as metrics: how requests were answered, and what it holds. */
export function showResponseCache(cache: ResponseCache, counts: ResponseCacheCounts, registry: Registry): void {
  const outcome = (name: `slipstream_${string}`, help: string, values: Readonly<Record<string, number>>): void =>
    collect(registry, {
      type: 'counter',
      name,
      help,
      labelNames: ['outcome'],
      read: () => Object.entries(values).map(([each, value]) => [{ outcome: each }, value] as const),
    });
  const single = (type: 'counter' | 'gauge', name: `slipstream_${string}`, help: string, read: () => number): void =>
    collect(registry, { type, name, help, labelNames: [], read: () => [[{}, read()]] });

  outcome(
    'slipstream_response_cache_answers_total',
    'Requests to the web pool, by how the response cache answered them.',
    counts.answers,
  );
  outcome(
    'slipstream_response_cache_shared_lookups_total',
    'Questions to Redis, by what it knew.',
    counts.sharedLookups,
  );
  single(
    'counter',
    'slipstream_response_cache_shared_lookup_seconds_total',
    'Time that questions to Redis took.',
    () => counts.sharedSeconds,
  );
  single('counter', 'slipstream_response_cache_stores_total', 'Answers that were stored.', () => counts.stores);
  single(
    'counter',
    'slipstream_response_cache_stored_bytes_total',
    'Bodies that were stored.',
    () => counts.storedBytes,
  );
  single(
    'counter',
    'slipstream_response_cache_evictions_total',
    'Answers that were dropped because memory was full.',
    () => counts.evictions,
  );
  single(
    'counter',
    'slipstream_response_cache_revalidations_total',
    'Answers that were renewed behind a client that got the stale one.',
    () => counts.revalidations,
  );
  single(
    'counter',
    'slipstream_response_cache_purges_total',
    'Purges that began in this process.',
    () => counts.purges,
  );
  single(
    'counter',
    'slipstream_response_cache_type_mismatches_total',
    'Answers under an immutable rule whose content type does not fit the extension of their path; not stored.',
    () => counts.typeMismatches,
  );
  single('gauge', 'slipstream_response_cache_entries', 'Answers in memory.', () => cache.usage.entries);
  single(
    'gauge',
    'slipstream_response_cache_bytes',
    'Memory of the answers, with their keys, fields and bookkeeping.',
    () => cache.usage.bytes,
  );
  single(
    'gauge',
    'slipstream_response_cache_coalesced_fetches',
    'Fetches that others may join.',
    () => cache.usage.coalescedFetches,
  );
  single(
    'gauge',
    'slipstream_response_cache_buffered_bytes',
    'Bodies on their way into the cache, and bodies that left it while slow clients still read them.',
    () => cache.usage.bufferedBytes,
  );
  single(
    'gauge',
    'slipstream_response_cache_written_ahead_bytes',
    'Copies over TLS and HTTP/2 of what clients have not taken yet.',
    bytesWrittenAhead,
  );
}
