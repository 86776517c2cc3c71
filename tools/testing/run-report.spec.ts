import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { TestModule } from 'vitest/node';
import { ROOT } from '../workspace.mjs';
import { reportOf } from './run-report.mjs';

const errorOf = (message: string) => ({ message, stacks: [] });

const moduleOf = (file: string, tests: [state: string, name: string, ...messages: string[]][], ...loading: string[]) =>
  ({
    moduleId: join(ROOT, file),
    errors: () => loading.map(errorOf),
    children: {
      allTests: () =>
        tests.map(([state, fullName, ...messages]) => ({
          fullName,
          result: () => ({ state, errors: messages.length > 0 ? messages.map(errorOf) : undefined }),
        })),
    },
  }) as unknown as TestModule;

it('counts tests, and names what failed by file, with the first line of its reason', () => {
  const modules = [
    moduleOf('libs/a.spec.ts', [
      ['passed', 'adds'],
      ['failed', 'sums > of two', 'expected 1 to be 2\n- 1\n+ 2', 'and late'],
      ['skipped', 'waits'],
      ['pending', 'never ends'],
    ]),
    moduleOf('libs/b.spec.ts', [], 'Cannot find module'),
  ];
  expect(reportOf(modules, [errorOf('read ECONNRESET')])).toEqual({
    passed: 1,
    failed: 1,
    skipped: 2,
    failures: [
      'libs/a.spec.ts > sums > of two: expected 1 to be 2; and late',
      'libs/b.spec.ts: Cannot find module',
      'outside of the tests: read ECONNRESET',
    ],
  });
});
