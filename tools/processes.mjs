import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 50;

/**
 * A process as it is remembered on disk. A pid alone may have been given to a stranger since, so the mark says what
 * our command line carries: usually the absolute path of the data folder.
 * @typedef {{pid: number, mark: string}} ProcessRecord
 */

/**
 * True when the command line carries the mark as a whole word, or as a folder that a longer path goes on from.
 * @param {string} commandLine arguments separated by spaces or NUL characters
 * @param {string} mark
 */
export function carriesMark(commandLine, mark) {
  const words = ` ${spaced(commandLine)} `;
  return [' ', '/'].some((end) => [' ', '='].some((start) => words.includes(`${start}${mark}${end}`)));
}

/** What this process would be recognised by. @returns {ProcessRecord} */
export function recordOfThisProcess() {
  return { pid: process.pid, mark: spaced(commandLineOf(process.pid)) };
}

/**
 * False also for a zombie, whose command line is empty.
 * @param {ProcessRecord} record
 */
export function isRunning({ pid, mark }) {
  return carriesMark(commandLineOf(pid), mark);
}

/**
 * Ends a process and its group: TERM first, KILL when it has not gone after the grace period. One that is no longer ours is left alone.
 * @param {ProcessRecord} record
 * @param {{graceMs?: number}} [options] default 10 s
 */
export async function endProcess(record, { graceMs = 10_000 } = {}) {
  signalGroup(record, 'SIGTERM');
  if (await isGoneWithin(record, graceMs)) return;
  signalGroup(record, 'SIGKILL');
  await isGoneWithin(record, graceMs);
}

/**
 * Signals the process group that the process leads. Does nothing when the process is no longer running.
 * @param {ProcessRecord} record
 * @param {NodeJS.Signals} signal
 */
export function signalGroup(record, signal) {
  if (!isRunning(record)) return;
  try {
    process.kill(-record.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

async function isGoneWithin(record, timeoutMs) {
  for (const until = Date.now() + timeoutMs; Date.now() < until; await delay(POLL_MS)) {
    if (!isRunning(record)) return true;
  }
  return !isRunning(record);
}

function spaced(commandLine) {
  return commandLine.replaceAll('\0', ' ').trim();
}

function commandLineOf(pid) {
  try {
    if (existsSync('/proc/self/cmdline')) return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}
