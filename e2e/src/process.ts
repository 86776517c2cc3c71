import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A service that runs, as an operator sees it. */
export interface ServiceProcess {
  child: ChildProcess;
  /** Public URL; gateway and standalone only. */
  url: string;
  managementUrl: string;
  /** Log lines so far, as objects. */
  logs: Record<string, unknown>[];
  /** Resolves to the exit code, or the signal that ended it. */
  exited: Promise<number | string>;
  /** Sends the signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<number | string>;
}

const scriptOf = (name: string) => fileURLToPath(new URL(`../../apps/${name}/dist/main.js`, import.meta.url));

/** How a process is started. */
export interface SpawnLimits {
  /** Files and sockets that the process may have open at a time. Default: as many as this one. */
  openFiles?: number;
  /** A disk of this size at this folder, which only the process sees: `/proc/PID/root` leads there. */
  disk?: { folder: string; bytes: number };
  /** Options of Node. Default: none, as a supervisor starts a service. */
  nodeOptions?: string[];
}

/** Spawns a service; its listeners take free ports unless `env` says otherwise. */
export function spawnService(
  name: string,
  env: NodeJS.ProcessEnv = {},
  { openFiles, disk, nodeOptions = [] }: SpawnLimits = {},
): ChildProcess {
  const command = [process.execPath, ...nodeOptions, scriptOf(name)] as const;
  const limited =
    openFiles === undefined
      ? command
      : (['sh', '-c', `ulimit -n ${openFiles} && exec "$@"`, 'sh', ...command] as const);
  const [file, ...args] = disk ? ([...onDisk(disk), ...limited] as const) : limited;
  return spawn(file, args, {
    env: { PATH: process.env.PATH, PORT: '0', MANAGEMENT_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** A command that runs another one with this disk, which ends with it. Users other than root need user namespaces. */
const onDisk = ({ folder, bytes }: NonNullable<SpawnLimits['disk']>) =>
  [
    'unshare',
    process.getuid?.() === 0 ? '-m' : '-rm',
    'sh',
    '-c',
    'mount -t tmpfs -o size="$0" tmpfs "$1" && shift && exec "$@"',
    String(bytes),
    folder,
  ] as const;

/** Starts a service and waits until it says that it is up. */
export async function startService(
  name: string,
  env: NodeJS.ProcessEnv = {},
  limits: SpawnLimits = {},
): Promise<ServiceProcess> {
  const child = spawnService(name, env, limits);
  const logs: Record<string, unknown>[] = [];
  const exited = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  const up = Promise.withResolvers<string>();
  createInterface(child.stdout!).on('line', (line) => {
    if (!line.startsWith('{')) return;
    const entry = JSON.parse(line) as Record<string, unknown>;
    logs.push(entry);
    if (entry.msg === `${name} is up`) up.resolve(String(entry.managementUrl));
  });
  let errors = '';
  child.stderr!.on('data', (chunk: Buffer) => (errors += chunk));
  void exited.then((code) => up.reject(new Error(`${name} ended with ${code}: ${errors}`)));
  const managementUrl = await up.promise;
  return {
    child,
    url: String(logs.find(({ msg }) => msg === 'gateway listens')?.url ?? ''),
    managementUrl,
    logs,
    exited,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return exited;
    },
  };
}

/** Spawns a service that is expected to refuse to start. */
export async function refusedStart(
  name: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; text: string }> {
  const child = spawnService(name, env);
  let text = '';
  child.stderr!.on('data', (chunk: Buffer) => (text += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
}
