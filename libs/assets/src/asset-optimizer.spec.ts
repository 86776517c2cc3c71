import { hash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { decompress as readBrotli } from 'brotli';
import { decompress as readZstandard } from 'fzstd';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AssetOptimizer, type AssetOptimizerOptions } from './asset-optimizer.js';

const MIB = 1024 * 1024;
const SCRIPT = Buffer.from(Array.from({ length: 5_000 }, (_, i) => `export const v${i} = ${i * 7919};`).join('\n'));
const logged: object[] = [];
const logger = { debug: (facts: object) => void logged.push(facts) };
const optimizers: AssetOptimizer[] = [];
let directory: string;

beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'assets-'))));
afterEach(() => {
  for (const optimizer of optimizers.splice(0)) optimizer.close();
  logged.length = 0;
  rmSync(directory, { recursive: true, maxRetries: 10 }); // a thread may write its last file
});

function optimizerOf(options: Partial<AssetOptimizerOptions> = {}): AssetOptimizer {
  const optimizer = new AssetOptimizer({ directory, maxBytes: 100 * MIB, logger, ...options });
  optimizers.push(optimizer);
  return optimizer;
}

const names = (): string[] => readdirSync(directory);

describe('an asset', () => {
  it.each([
    ['br', readBrotli],
    ['zstd', readZstandard],
  ] as const)('in %s can be read by another library', async (coding, decode) => {
    const made = await optimizerOf().recode({ bytes: SCRIPT }, { to: coding, effort: 'best' });
    expect(Buffer.from(decode(made!.bytes)).equals(SCRIPT)).toBe(true);
  });

  it.each([
    ['br', zlib.brotliDecompressSync],
    ['zstd', zlib.zstdDecompressSync],
    ['gzip', zlib.gunzipSync],
  ] as const)('is the same in %s', async (coding, decode) => {
    const made = await optimizerOf().recode({ bytes: SCRIPT }, { to: coding, effort: 'best' });
    expect(decode(made!.bytes).equals(SCRIPT)).toBe(true);
    expect(made!.bytes.length).toBeLessThan(SCRIPT.length / 3);
  });

  it.each([
    ['br', zlib.brotliCompressSync(SCRIPT, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } })],
    ['zstd', zlib.zstdCompressSync(SCRIPT)],
    ['gzip', zlib.gzipSync(SCRIPT, { level: 1 })],
  ] as const)('that came in %s is coded better', async (from, bytes) => {
    const made = await optimizerOf().recode({ bytes, from }, { to: 'br', effort: 'best' });
    expect(zlib.brotliDecompressSync(made!.bytes).equals(SCRIPT)).toBe(true);
    expect(made!.bytes.length).toBeLessThan(bytes.length);
  });

  it('is made once, whatever coding it came in, and by whichever process', async () => {
    const made = await optimizerOf().recode({ bytes: SCRIPT }, { to: 'br', effort: 'quick' });
    const [name] = names();
    const { ino } = statSync(join(directory, name!));
    const again = await optimizerOf().recode(
      { bytes: zlib.gzipSync(SCRIPT, { level: 1 }), from: 'gzip' },
      { to: 'br', effort: 'quick' },
    );
    expect([again?.bytes.equals(made!.bytes), names()]).toEqual([true, [name]]);
    expect(statSync(join(directory, name!))).toMatchObject({ ino });
  });
});

describe('an asset stays as it is', () => {
  it.each([
    ['is damaged', SCRIPT.subarray(0, 100), 'br'],
    ['is cut', zlib.gzipSync(SCRIPT).subarray(0, 500), 'gzip'],
  ] as const)('if it %s', async (_, bytes, from) => {
    expect(
      await optimizerOf().recode({ bytes: Buffer.from(bytes), from }, { to: 'br', effort: 'best' }),
    ).toBeUndefined();
  });

  it('if its content is larger than the limit, which is never decoded as a whole', async () => {
    const bomb = zlib.brotliCompressSync(Buffer.alloc(50 * MIB));
    expect(bomb.length).toBeLessThan(1000);
    expect(
      await optimizerOf({ maxContentBytes: MIB }).recode({ bytes: bomb, from: 'br' }, { to: 'gzip', effort: 'best' }),
    ).toBeUndefined();
    expect(logged).toEqual([{ reason: expect.stringContaining('ERR_BUFFER_TOO_LARGE') as string }]);
  });

  it('if too much is waiting', async () => {
    const optimizer = optimizerOf({ queue: { maxTasks: 1, maxBytes: MIB } });
    const all = await Promise.all(
      [1, 2, 3, 4].map(() => optimizer.recode({ bytes: SCRIPT }, { to: 'br', effort: 'quick' })),
    );
    expect(all.map((made) => made !== undefined)).toEqual([true, true, false, false]);
  });

  it('if the optimizer is closed', async () => {
    const optimizer = optimizerOf();
    const running = optimizer.recode({ bytes: SCRIPT }, { to: 'br', effort: 'best' });
    optimizer.close();
    expect(await running).toBeUndefined();
    expect(await optimizer.recode({ bytes: SCRIPT }, { to: 'br', effort: 'best' })).toBeUndefined();
  });

  it('if its thread takes too long; the next asset gets another thread', async () => {
    const optimizer = optimizerOf({ taskTimeoutMs: 1 });
    expect(
      await optimizer.recode({ bytes: Buffer.concat([SCRIPT, SCRIPT]) }, { to: 'br', effort: 'best' }),
    ).toBeUndefined();
    expect(logged).toEqual([{ reason: 'the task took too long' }]);
  });
});

describe('a difference to a dictionary (RFC 9842)', () => {
  const NEXT = Buffer.from(SCRIPT.toString().replaceAll('v77 ', 'w77 '));

  it.each([
    ['dcb', 'ff444342', zlib.brotliDecompressSync],
    ['dcz', '5e2a4d1820000000', zlib.zstdDecompressSync],
  ] as const)('is coded as %s', async (coding, magic, decode) => {
    const optimizer = optimizerOf();
    const kept = await optimizer.recode({ bytes: SCRIPT }, { to: 'gzip', effort: 'quick', isKept: true });
    const combined = await optimizer.combine([kept!.digest, kept!.digest]);
    const dictionary = Buffer.concat([SCRIPT, SCRIPT]);
    expect(zlib.brotliDecompressSync(combined!.bytes).equals(dictionary)).toBe(true);
    expect(combined).toMatchObject({ digest: hash('sha256', dictionary), contentBytes: dictionary.length });
    const made = await optimizer.delta({ bytes: zlib.gzipSync(NEXT), from: 'gzip' }, combined!.digest, coding);
    const head = magic + combined!.digest;
    expect(made!.bytes.toString('hex', 0, head.length / 2)).toBe(head);
    const content = decode(made!.bytes.subarray(head.length / 2), { dictionary } as object);
    expect([content.equals(NEXT), made!.bytes.length < 300]).toEqual([true, true]);
  });

  it('does not exist without the dictionary, nor a dictionary without contents', async () => {
    const optimizer = optimizerOf();
    expect(await optimizer.delta({ bytes: SCRIPT }, 'ab'.repeat(32), 'dcz')).toBeUndefined();
    expect(await optimizer.combine(['cd'.repeat(32)])).toBeUndefined();
  });
});

describe('the folder', () => {
  it('need not be writable', async () => {
    writeFileSync(join(directory, 'file'), '');
    const optimizer = optimizerOf({ directory: join(directory, 'file', 'folder') });
    expect(await optimizer.recode({ bytes: SCRIPT }, { to: 'gzip', effort: 'best' })).toBeDefined();
  });

  it('heals damaged files', async () => {
    const made = await optimizerOf().recode({ bytes: SCRIPT }, { to: 'gzip', effort: 'best' });
    const path = join(directory, names()[0]!);
    const file = readFileSync(path);
    file[file.length - 1]! ^= 1;
    writeFileSync(path, file);
    expect(
      (await optimizerOf().recode({ bytes: SCRIPT }, { to: 'gzip', effort: 'best' }))?.bytes.equals(made!.bytes),
    ).toBe(true);
  });

  it('that has no room for a dictionary offers none', async () => {
    const optimizer = optimizerOf({ maxBytes: 16 * SCRIPT.length });
    const { digest } = (await optimizer.recode({ bytes: SCRIPT }, { to: 'gzip', effort: 'quick', isKept: true }))!;
    expect(await optimizer.combine([digest])).toBeDefined();
    expect(await optimizer.combine([digest, digest])).toBeUndefined();
  });

  it('keeps to its limit', async () => {
    const optimizer = optimizerOf({ maxBytes: 150_000 });
    for (let i = 0; i < 30; i++)
      await optimizer.recode(
        { bytes: Buffer.concat([SCRIPT.subarray(0, 20_000), Buffer.from(`// ${i}`)]) },
        { to: 'gzip', effort: 'quick' },
      );
    const total = names().reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
    expect(total).toBeLessThan(150_000);
    expect(names().length).toBeGreaterThan(3);
  });
});
