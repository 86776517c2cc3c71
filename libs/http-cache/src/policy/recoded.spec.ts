import { expect, it } from 'vitest';
import { isRecoded, originTag, ownTag, recodedTag } from './recoded.js';

it.each(['"a"', 'W/"a"', '""', '"a-b.c"'])('%s is the tag of its recoded answers', (tag) => {
  const recoded = recodedTag(tag, 'br');
  expect([isRecoded(tag), isRecoded(recoded), originTag(recoded), originTag(tag)]).toEqual([false, true, tag, tag]);
});

it('the origin knows no tag that it did not send', () =>
  expect([originTag(ownTag('x')), originTag(recodedTag(ownTag('x'), 'br')), originTag(undefined)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]));
