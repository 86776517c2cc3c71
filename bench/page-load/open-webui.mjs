import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../../tools/failure.mjs';
import { freePort } from '../../tools/services/ports.mjs';

const READY_WITHIN_MS = 180_000;
const USER = { name: 'Bench', email: 'bench@example.org', password: 'a password of the bench 1!' };

/**
 * A real Open WebUI without model servers.
 * @param {{program: string, folder: string, frontend?: string, port?: number}} options `frontend`: of another release.
 * A later start in the same folder has the same user
 * @returns {Promise<{url: string, token: string, stop: () => Promise<void>}>} `token` signs its only user in
 */
export async function startOpenWebUi({ program, folder, frontend, port: wanted }) {
  const port = wanted ?? (await freePort());
  mkdirSync(join(folder, 'data'), { recursive: true });
  const child = spawn(program, ['serve', '--host', '127.0.0.1', '--port', String(port)], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, ...SETTINGS, DATA_DIR: join(folder, 'data'), ...frontendOf(frontend) },
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  for (const until = performance.now() + READY_WITHIN_MS; ; await delay(500)) {
    if (child.exitCode !== null || performance.now() > until) throw new Failure(`${program} did not start`);
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.ok) break;
  }
  return { url, token: await signIn(url), stop };
}

/** Signs the user up, or in. */
async function signIn(url) {
  for (const action of ['signup', 'signin']) {
    const answer = await fetch(`${url}/api/v1/auths/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(USER),
    });
    if (answer.ok) return (await answer.json()).token;
  }
  throw new Failure('Open WebUI signs the user of the bench neither up nor in');
}

const frontendOf = (frontend) => (frontend === undefined ? {} : { FRONTEND_BUILD_DIR: frontend });

const NOWHERE = 'http://127.0.0.1:9/v1';
const SETTINGS = {
  WEBUI_SECRET_KEY: 'the secret of a bench',
  OFFLINE_MODE: 'true',
  HF_HUB_OFFLINE: '1',
  ENABLE_OLLAMA_API: 'false',
  OPENAI_API_BASE_URLS: NOWHERE,
  OPENAI_API_KEYS: 'x',
  RAG_EMBEDDING_ENGINE: 'openai',
  RAG_OPENAI_API_BASE_URL: NOWHERE,
  AUDIO_STT_ENGINE: 'openai',
  CORS_ALLOW_ORIGIN: '*',
};
