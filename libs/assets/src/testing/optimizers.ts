import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssetOptimizer, type AssetOptimizerOptions, type CodedAsset } from '../asset-optimizer.js';
import type { Transformation } from '../transformer/messages.js';

const MIB = 1024 * 1024;

/** Optimizers with a new folder, and what they log. */
export class Optimizers {
  readonly directory = mkdtempSync(join(tmpdir(), 'assets-'));
  readonly logged: object[] = [];
  private readonly started: AssetOptimizer[] = [];

  start(options: Partial<AssetOptimizerOptions> = {}): AssetOptimizer {
    const logger = { debug: (facts: object) => void this.logged.push(facts) };
    const optimizer = new AssetOptimizer({ directory: this.directory, maxBytes: 100 * MIB, logger, ...options });
    this.started.push(optimizer);
    return optimizer;
  }

  /** @returns the content after one transformation, without a coding */
  async transform(bytes: Uint8Array, transformation: Transformation): Promise<CodedAsset> {
    const optimizer = this.started[0] ?? this.start();
    return (await optimizer.recode({ bytes: Buffer.from(bytes) }, { effort: 'best', transformation }))!;
  }

  close(): void {
    for (const optimizer of this.started.splice(0)) optimizer.close();
    rmSync(this.directory, { recursive: true, maxRetries: 10 }); // a thread may write its last file
  }
}
