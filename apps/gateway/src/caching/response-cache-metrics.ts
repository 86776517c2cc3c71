import { bytesWrittenAhead } from '@slipstream/http';
import type { ResponseCache } from '@slipstream/http-cache';
import { collect, type Registry } from '@slipstream/telemetry';
import type { ResponseCacheCounts } from './response-cache-counts.js';

/** Registers the metrics of the response cache: outcomes of requests, and contents. */
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
    'Requests to the web pool, by outcome of the response cache.',
    counts.answers,
  );
  outcome(
    'slipstream_response_cache_shared_lookups_total',
    'Lookups of responses in Redis, by outcome.',
    counts.sharedLookups,
  );
  single(
    'counter',
    'slipstream_response_cache_shared_lookup_seconds_total',
    'Total time of the lookups in Redis.',
    () => counts.sharedSeconds,
  );
  single('counter', 'slipstream_response_cache_stores_total', 'Stored answers.', () => counts.stores);
  single(
    'counter',
    'slipstream_response_cache_stored_bytes_total',
    'Size of the stored bodies.',
    () => counts.storedBytes,
  );
  single(
    'counter',
    'slipstream_response_cache_evictions_total',
    'Answers that were evicted because the memory limit was reached.',
    () => counts.evictions,
  );
  single(
    'counter',
    'slipstream_response_cache_revalidations_total',
    'Background fetches that renewed a stale answer.',
    () => counts.revalidations,
  );
  single(
    'counter',
    'slipstream_response_cache_purges_total',
    'Purges that started in this process.',
    () => counts.purges,
  );
  single(
    'counter',
    'slipstream_response_cache_type_mismatches_total',
    "Answers under an immutable rule that were not stored, because their content type contradicts the path's " +
      'extension.',
    () => counts.typeMismatches,
  );
  single('gauge', 'slipstream_response_cache_entries', 'Answers in memory.', () => cache.usage.entries);
  single(
    'gauge',
    'slipstream_response_cache_bytes',
    'Memory of the stored answers, including keys, header fields and bookkeeping.',
    () => cache.usage.bytes,
  );
  single(
    'gauge',
    'slipstream_response_cache_coalesced_fetches',
    'Running fetches that further requests can join.',
    () => cache.usage.coalescedFetches,
  );
  single(
    'gauge',
    'slipstream_response_cache_buffered_bytes',
    'Bodies that are being stored, and evicted bodies that slow clients still receive.',
    () => cache.usage.bufferedBytes,
  );
  single(
    'gauge',
    'slipstream_response_cache_written_ahead_bytes',
    'Data that TLS and HTTP/2 have copied and clients have not accepted yet.',
    bytesWrittenAhead,
  );
}
