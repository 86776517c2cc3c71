import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from './failure.mjs';
import { sightingOf, spaced } from './process-sighting.mjs';

const POLL_MS = 50;
/** Pid 1 is the machine's or the container's first process; 0 and negative numbers address groups of processes. */
const LOWEST_PID = 2;

/**
 * A process as it is remembered on disk. A pid alone may have been given to another process since, so the record also
 * holds when the process started and the mark that its command line carries: usually the absolute path of the data
 * folder.
 * @typedef {{pid: number, startedAt: string, mark: string}} ProcessRecord
 */

/**
 * Sends a signal, with the arguments of `process.kill`. Tests pass their own.
 * @typedef {(pid: number, signal: NodeJS.Signals) => unknown} Send
 */

/** @type {Send} */
const sendSignal = (pid, signal) => process.kill(pid, signal);

/**
 * True when the command line carries the mark as a whole word, or as a folder that a longer path goes on from. An empty
 * mark is in no command line.
 * @param {string} commandLine arguments separated by spaces or NUL characters
 * @param {string} mark
 */
export function carriesMark(commandLine, mark) {
  if (!isText(mark)) return false;
  const words = ` ${spaced(commandLine)} `;
  return [' ', '/'].some((end) => [' ', '='].some((start) => words.includes(`${start}${mark}${end}`)));
}

/**
 * Records a process that has just been started.
 * @param {number | undefined} pid
 * @param {string} mark
 * @returns {ProcessRecord | undefined} undefined when it can't be seen, so that nothing could ever prove that it is the
 * same
 */
export function recordOf(pid, mark) {
  const seen = sightingOf(pid);
  return seen && { pid, startedAt: seen.startedAt, mark };
}

/**
 * Records this process by its whole command line.
 * @returns {ProcessRecord}
 * @throws {Failure} where neither /proc nor `ps` shows processes
 */
export function recordOfThisProcess() {
  const record = recordOf(process.pid, sightingOf(process.pid)?.commandLine);
  if (!record)
    throw new Failure(
      'Running processes can not be seen: /proc is not mounted, and `ps` is not on PATH. Install ' +
        'procps, then start again.',
    );
  return record;
}

/**
 * True for what {@link recordOf} returns of a process that may be signalled, and for nothing else that a file may hold.
 * @param {unknown} unchecked
 */
export function isProcessRecord(unchecked) {
  return (
    typeof unchecked === 'object' &&
    unchecked !== null &&
    isPid(unchecked.pid, LOWEST_PID) &&
    isText(unchecked.mark) &&
    isText(unchecked.startedAt)
  );
}

/**
 * True while the very process that was recorded runs: its start time and its command line match. False for a zombie,
 * and for a record that is incomplete.
 * @param {ProcessRecord} record
 */
export function isRunning({ pid, mark, startedAt }) {
  const seen = isPid(pid, 1) && isText(startedAt) ? sightingOf(pid) : undefined;
  return seen !== undefined && seen.startedAt === startedAt && carriesMark(seen.commandLine, mark);
}

/**
 * Ends a process and its group: TERM first, KILL when it has not gone after the grace period. One that is no longer
 * ours is left alone.
 * @param {ProcessRecord} record
 * @param {{graceMs?: number, send?: Send}} [options] graceMs: default 10 s
 */
export async function endProcess(record, { graceMs = 10_000, send } = {}) {
  if (!signalGroup(record, 'SIGTERM', send)) return;
  if (await isGoneWithin(record, graceMs)) return;
  signalGroup(record, 'SIGKILL', send);
  await isGoneWithin(record, graceMs);
}

/**
 * Signals the process group that the process leads. Does nothing when {@link signalProcess} would do nothing, or when
 * the process leads no group.
 * @param {ProcessRecord} record
 * @param {NodeJS.Signals} signal
 * @param {Send} [send]
 * @returns {boolean} whether the signal was sent
 */
export function signalGroup(record, signal, send = sendSignal) {
  if (!maySignal(record) || sightingOf(record.pid)?.group !== record.pid) return false;
  return sent(() => send(-record.pid, signal));
}

/**
 * Signals one process. This and {@link signalGroup} are the only ways to signal by pid: a record that is damaged, that
 * names pid 0 or 1, this process or one that it descends from, or whose process is another by now, does nothing.
 * @param {ProcessRecord} record
 * @param {NodeJS.Signals} signal
 * @param {Send} [send]
 * @returns {boolean} whether the signal was sent
 */
export function signalProcess(record, signal, send = sendSignal) {
  return maySignal(record) && sent(() => send(record.pid, signal));
}

function maySignal(record) {
  return isProcessRecord(record) && isRunning(record) && !ownLine().has(record.pid);
}

/** Pids of this process, its ancestors, and the leader of its group. */
function ownLine() {
  const pids = new Set();
  let pid = process.pid;
  for (let seen = sightingOf(pid); seen && !pids.has(pid); seen = sightingOf(pid)) {
    pids.add(pid);
    if (pid === process.pid) pids.add(seen.group);
    pid = seen.parent;
  }
  return pids;
}

function sent(send) {
  try {
    send();
    return true;
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
    return false;
  }
}

async function isGoneWithin(record, timeoutMs) {
  for (const until = performance.now() + timeoutMs; performance.now() < until; await delay(POLL_MS)) {
    if (isGone(record)) return true;
  }
  return isGone(record);
}

/** Whether the process has let go of its files and ports, which is later than the end of {@link isRunning}. */
function isGone({ pid, startedAt }) {
  const seen = sightingOf(pid);
  return seen === undefined || seen.startedAt !== startedAt || seen.hasEnded;
}

const isPid = (value, lowest) => Number.isSafeInteger(value) && value >= lowest;

const isText = (value) => typeof value === 'string' && value.trim() !== '';
