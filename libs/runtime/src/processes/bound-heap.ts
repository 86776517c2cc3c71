import type { ServiceName } from '@slipstream/config';
import { heapOptions, heapSettings, isHeapBounded } from '@slipstream/config/heap';
import { processCount } from '../process.options.js';

/**
 * Starts this process again with V8's heap bounded by `memory.maxBytes`, if its command bounds none: V8 reads its
 * bounds only when a process starts. The process keeps its id, its standard streams and its environment (execve). Call
 * it before anything is opened.
 *
 * A debugged process stays as it is, because a debugger would lose it, and so do one whose parent talks to it over a
 * channel, which would close, and one that only supervises others.
 */
export async function boundHeap(name: ServiceName): Promise<void> {
  const isDebugged = process.execArgv.some((option) => /^--inspect(?!-port)/.test(option));
  if (isHeapBounded() || isDebugged || process.channel || process.platform === 'win32') return;
  const settings = await heapSettings({ service: name }).catch(() => undefined); // the start reports what is wrong
  if (!settings || processCount(settings) > 1) return;
  const { execPath, execArgv, argv } = process;
  process.execve?.(execPath, [execPath, ...heapOptions(settings), ...execArgv, ...argv.slice(1)]);
}
