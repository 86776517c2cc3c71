import { expect, it } from 'vitest';
import { softLimitIn } from './open-file-limit.js';

const limits = (soft: string) => `Limit                     Soft Limit           Hard Limit           Units
Max processes             63432                63432                processes
Max open files            ${soft.padEnd(20)} 1048576              files
`;

it.each([
  [limits('1024'), 1024],
  [limits('unlimited'), 1_048_576],
  ['', undefined],
])('is read from the limits of a process', (text, limit) => {
  expect(softLimitIn(text)).toBe(limit);
});
