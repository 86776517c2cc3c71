import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/**
 * A process as the operating system shows it now.
 * @typedef {object} Sighting
 * @property {string} startedAt when it started: opaque, but no two processes that ever had one pid share it, reboots
 * and containers included
 * @property {string} commandLine arguments separated by spaces; empty for a zombie
 * @property {boolean} hasEnded whether all its threads have, so that its files and ports are closed. A process that is
 * ending has no command line any more, but may still hold them
 * @property {number} parent pid of its parent
 * @property {number} group pid of the leader of its process group
 */

/** Fields of /proc/PID/stat behind the command, counted from 0: see proc(5). */
const STAT = { state: 0, parent: 1, group: 2, threads: 17, startTicks: 19 };
/** Zombie and dead. */
const ENDED_STATES = 'ZX';
const BOOT_ID = '/proc/sys/kernel/random/boot_id';
/** `ps` prints the start as five words, such as "Thu Nov 26 14:11:31 2026". */
const PS_LINE = /^\s*(\d+)\s+(\d+)\s+(\S+\s+\S+\s+\d+\s+\S+\s+\d+)\s(.*)$/;

/**
 * @param {number} pid
 * @returns {Sighting | undefined} undefined when no process has this pid, or it can't be looked at
 */
export function sightingOf(pid) {
  if (!Number.isSafeInteger(pid) || pid < 1) return undefined;
  try {
    return existsSync('/proc/self/stat') ? fromProc(pid) : fromPs(pid);
  } catch {
    return undefined;
  }
}

function fromProc(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the command itself may hold spaces and parentheses
  return {
    startedAt: `${readFileSync(BOOT_ID, 'utf8').trim()}/${fields[STAT.startTicks]}`,
    commandLine: spaced(readFileSync(`/proc/${pid}/cmdline`, 'utf8')),
    hasEnded: ENDED_STATES.includes(fields[STAT.state]) && Number(fields[STAT.threads]) <= 1,
    parent: Number(fields[STAT.parent]),
    group: Number(fields[STAT.group]),
  };
}

function fromPs(pid) {
  const args = ['-ww', '-o', 'ppid=,pgid=,lstart=,command=', '-p', String(pid)];
  const line = execFileSync('ps', args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [, parent, group, startedAt, commandLine] = PS_LINE.exec(line.trimEnd()) ?? [];
  if (!startedAt) return undefined;
  const command = spaced(commandLine);
  const hasEnded = command === '' || command.endsWith('<defunct>');
  return { startedAt, commandLine: command, hasEnded, parent: Number(parent), group: Number(group) };
}

/** @param {string} commandLine arguments separated by spaces or NUL characters */
export function spaced(commandLine) {
  return commandLine.replaceAll('\0', ' ').trim();
}
