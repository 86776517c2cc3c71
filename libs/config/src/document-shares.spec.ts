import { describe, expect, it } from 'vitest';
import { documentShares, type DocumentShares } from './document-shares.js';
import { memoryShares } from './memory-shares.js';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const machine = { totalBytes: 16 * GIB };

type Settings = Parameters<typeof documentShares>[0];

function configOf(service: Settings['service'], maxBytes: number | undefined, documents: object = {}): Settings {
  return { service, memory: { maxBytes }, processes: 1, documents: { concurrency: 2, ...documents } } as Settings;
}

const inMib = ({ files, fileBytes }: DocumentShares): [number, number] => [files, Math.round(fileBytes / MIB)];

describe('documentShares', () => {
  it.each([
    ['two files of 512 MiB with a limit of 2 GiB', 2 * GIB, {}, [2, 512]],
    ['two smaller ones with 1 GiB', GIB, {}, [2, 256]],
    ['one at a time where two do not fit', 384 * MIB, {}, [1, 192]],
    ['fewer files if one may have more', 2 * GIB, { concurrency: 8, extractionMaxBytes: 300 * MIB }, [3, 300]],
    ['more files if that is set', 2 * GIB, { concurrency: 4 }, [4, 256]],
    ['what is set without a limit', undefined, { concurrency: 3, extractionMaxBytes: 64 * MIB }, [3, 64]],
    ['512 MiB for each without a limit', undefined, { concurrency: 3 }, [3, 512]],
  ])('has %s', (_, maxBytes, documents, expected) => {
    expect(inMib(documentShares(configOf('document-worker', maxBytes, documents), machine))).toEqual(expected);
  });

  it.each([
    ['document-worker', 512 * MIB, {}],
    ['document-worker', GIB, { concurrency: 16 }],
    ['document-worker', 2 * GIB, {}],
    ['document-worker', 2 * GIB, { concurrency: 2, extractionMaxBytes: GIB }],
    ['document-worker', 8 * GIB, { concurrency: 64 }],
    ['standalone', GIB, {}],
    ['standalone', 2 * GIB, { concurrency: 4 }],
  ] as const)('fits with the heap and the caches of %s in %d bytes, with %j', (service, maxBytes, documents) => {
    const config = configOf(service, maxBytes, documents);
    const { files, fileBytes, vectorIndexBytes, vectorMetadataBytes } = documentShares(config, machine);
    const { heapBytes, responseCacheBytes, bodyBufferBytes, requestBodyBytes } = memoryShares(config, machine);
    const proxy = service === 'standalone' ? responseCacheBytes + bodyBufferBytes + requestBodyBytes : 0;
    const sum = files * fileBytes + vectorIndexBytes + vectorMetadataBytes + heapBytes + proxy;
    expect(sum).toBeLessThanOrEqual(0.99 * maxBytes);
  });
});
