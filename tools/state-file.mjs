import { randomUUID } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Failure } from './failure.mjs';

const MAX_BYTES = 64 * 1024;

/**
 * Reads a small file of the state folder. Never waits: a FIFO, a folder, a device or a link is an error, as is a file
 * of more than 64 KiB.
 * @param {string} file
 * @returns {string | undefined} undefined when it does not exist
 * @throws {NodeJS.ErrnoException}
 */
export function readStateFile(file) {
  let fd;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw Object.assign(new Error('it is not a regular file'), { code: 'EISNOTFILE' });
    if (stats.size > MAX_BYTES) throw Object.assign(new Error('it is too large'), { code: 'EFBIG' });
    return readFileSync(fd, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/**
 * Replaces a file whole, so that no reader and no crash sees half of it.
 * @param {string} file
 * @param {string} text
 */
export function replaceStateFile(file, text) {
  const temporary = temporaryName(file);
  try {
    writeFileSync(temporary, text, { flag: 'wx' });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** A name beside the file that no other process uses. @param {string} file */
export const temporaryName = (file) => `${file}.${process.pid}-${randomUUID().slice(0, 8)}.tmp`;

/**
 * Moves a file, or whatever is there, out of the way, for a person to look at.
 * @param {string} file
 * @returns {string} its new name
 * @throws {Failure}
 */
export function setAside(file) {
  const aside = `${file}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    throw new Failure(`${file} is damaged, and can not be moved away (${error.message}). Remove it, then start again.`);
  }
  return aside;
}
