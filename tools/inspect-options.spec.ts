import { describe, expect, it } from 'vitest';
import { inspectOptions } from './inspect-options.mjs';

describe('inspectOptions', () => {
  it.each([[[]], [['--inspect']], [['--inspect=127.0.0.1:9230']], [['--inspect-brk']], [['--inspect-wait=0']]])(
    'passes on %j',
    (args) => {
      expect(inspectOptions('npm start', args)).toEqual(args);
    },
  );

  it.each(['--inspec', '--eval=1', '--inspect-port-and-more', 'gateway', ''])('refuses %j', (arg) => {
    expect(() => inspectOptions('npm start', ['--inspect', arg])).toThrow(`npm start does not accept ${arg}`);
  });
});
