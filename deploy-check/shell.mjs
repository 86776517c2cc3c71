import { spawn } from 'node:child_process';

const DEFAULT_TIMEOUT_MS = 600_000;

/**
 * Runs a command to its end.
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, input?: string, timeoutMs?: number}} [options]
 * @returns {Promise<{code: number, stdout: string, stderr: string}>} code 127: could not be started; 124: timed out
 */
export function run(command, args, { cwd, env = process.env, input, timeoutMs = DEFAULT_TIMEOUT_MS } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    let isLate = false;
    const timer = setTimeout(() => (isLate = child.kill('SIGKILL')), timeoutMs);
    for (const stream of ['stdout', 'stderr'])
      child[stream].setEncoding('utf8').on('data', (chunk) => (output[stream] += chunk));
    child.stdin.on('error', () => undefined).end(input);
    child.on('error', (error) => resolve({ ...output, code: 127, stderr: error.message }));
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ ...output, code: isLate ? 124 : (code ?? 1) });
    });
  });
}

/**
 * As {@link run}. @returns {Promise<string>} standard output
 * @throws {Error} with the command and the end of what it printed, if it fails
 */
export async function must(command, args, options) {
  const { code, stdout, stderr } = await run(command, args, options);
  if (code === 0) return stdout;
  const printed = `${stdout}\n${stderr}`.trim().split('\n').slice(-15).join('\n');
  throw new Error(`${command} ${args.join(' ').slice(0, 300)} ended with ${code}:\n${printed}`);
}
