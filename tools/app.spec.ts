import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { url } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startApp } from './app.mjs';
import { inspectArguments } from './inspect-options.mjs';
import { STACKS_OF_SOURCES } from './node-options.mjs';

/** Runs a script as npm start runs the app. @returns what it wrote into the file of its environment variable OUT */
async function outputOf(script: string, nodeOptions: string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'slipstream-app-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [file, out] = [join(folder, 'main.mjs'), join(folder, 'out')];
  writeFileSync(file, script);
  const env = { ...process.env, OUT: out };
  const app = await startApp({ node: process.execPath, nodeOptions, script: file, env, dataDir: folder });
  expect(await app.exited).toBe(0);
  return readFileSync(out, 'utf8');
}

describe('startApp', () => {
  it('opens the inspector of the app, not of the launcher', async () => {
    const script = `import { writeFileSync } from 'node:fs';
      import { url } from 'node:inspector';
      writeFileSync(process.env.OUT, String(url()));`;
    expect(await outputOf(script, inspectArguments({ inspect: '127.0.0.1:0' }))).toMatch(/^ws:/);
    expect(url()).toBeUndefined();
  });

  it('shows the lines of the sources in stacks', async () => {
    const map = { version: 3, sources: ['store.ts'], names: [], mappings: 'AAEA' }; // line 1 is line 3 of store.ts
    const encoded = Buffer.from(JSON.stringify(map)).toString('base64');
    const script = `import('node:fs').then((fs) => fs.writeFileSync(process.env.OUT, new Error('here').stack));
//# source${'MappingURL'}=data:application/json;base64,${encoded}`;
    expect(await outputOf(script, STACKS_OF_SOURCES)).toContain('store.ts:3:');
  });
});
