import { StartupError } from '@slipstream/contracts';

/** Advice on errors of the operating system. The program did not cause them, so that a stack would not help. */
const ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'this user may not. Give the user the right, or name another place',
  EPERM: 'this user may not. Give the user the right, or name another place',
  EROFS: 'the file system is read-only. Name a place that can be written, or mount it writable',
  ENOSPC: 'the disk is full. Make room',
  EMFILE: 'too many files are open. Raise the limit of open files (LimitNOFILE=, ulimit -n)',
  ENFILE: 'too many files are open on this machine',
  EADDRINUSE: 'something else listens there already. End that, or choose another port',
  ENOENT: 'there is no such file',
  ERR_MODULE_NOT_FOUND: 'a part of Slipstream is not built. Run npm ci && npm run build',
};

/** Returns the reason of a failed start, for the user at a terminal. Only unexpected errors have a stack. */
export function refusalText(error: unknown): string {
  if (error instanceof StartupError) return error.message;
  if (!(error instanceof Error)) return `Slipstream could not start: ${String(error)}`;
  const { code = '', path, message, stack } = error as NodeJS.ErrnoException;
  const advice = ADVICE[code];
  return `Slipstream could not start: ${advice === undefined ? stack : `${path ?? message}: ${advice} (${code}).`}`;
}
