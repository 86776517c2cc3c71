import { tryLock } from '../lock.mjs';

/** A process that tries a lock each time its parent says so, and keeps what it gets until the parent says `release`. */
const [file] = process.argv.slice(2);
let held;

process.on('message', (order) => {
  if (order === 'try') {
    const lock = tryLock(file);
    if ('release' in lock) held = lock;
    process.send({ holder: 'holder' in lock ? lock.holder : process.pid });
  } else {
    held?.release();
    held = undefined;
    process.send('released');
  }
});
process.on('disconnect', () => process.exit());
process.send('up');
