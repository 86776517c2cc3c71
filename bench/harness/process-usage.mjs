import { readFileSync } from 'node:fs';

/** sysconf(_SC_CLK_TCK), which is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Resident memory of a process in MB (10^6 bytes): VmRSS of proc(5), which Linux has. @param {number} pid */
export function residentMb(pid) {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return (Number(kibibytes) * 1024) / 1e6;
}

/**
 * Seconds that all threads of a process have spent on a core so far, its own code's and the kernel's for it.
 * @param {number} pid
 */
export function cpuSeconds(pid) {
  // The name of the command, in parentheses, may hold spaces; utime and stime are the 12th and 13th field after it.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
