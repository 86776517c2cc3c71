// Run as a process of its own, so that a download that hangs can be ended: prints the path of a mongod, or why there is
// none, as its last line.
import { mkdirSync } from 'node:fs';
import { MongoBinary } from 'mongodb-memory-server-core';

const [downloadDir] = process.argv.slice(2);

try {
  mkdirSync(downloadDir, { recursive: true });
  console.log(await MongoBinary.getPath({ downloadDir }));
} catch (error) {
  console.log(error.message.split('\n').join(' '));
  process.exitCode = 1;
}
