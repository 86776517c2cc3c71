import { describe, expect, it } from 'vitest';
import { parseHosts } from './hosts-file.js';
import { candidates, parseSearchList } from './search-list.js';

const KUBERNETES =
  'search chat.svc.cluster.local svc.cluster.local\nnameserver 10.96.0.10\noptions ndots:5 timeout:1\n';

describe('a search list', () => {
  it.each([
    ['', { domains: [], ndots: 1 }],
    [KUBERNETES, { domains: ['chat.svc.cluster.local', 'svc.cluster.local'], ndots: 5 }],
    ['search a b # c\n; search x\ndomain d', { domains: ['d'], ndots: 1 }],
    ['options ndots:99', { domains: [], ndots: 15 }],
    ['options ndots:x ndots:2', { domains: [], ndots: 2 }],
  ])('is read from %j', (text, expected) => {
    expect(parseSearchList(text)).toEqual(expected);
  });

  it.each([
    ['pods', ['pods.chat.svc.cluster.local.', 'pods.svc.cluster.local.', 'pods.']],
    ['pods.chat.svc', ['pods.chat.svc.chat.svc.cluster.local.', 'pods.chat.svc.svc.cluster.local.', 'pods.chat.svc.']],
    ['a.b.c.d.e.f', ['a.b.c.d.e.f.', 'a.b.c.d.e.f.chat.svc.cluster.local.', 'a.b.c.d.e.f.svc.cluster.local.']],
    ['api.example.', ['api.example.']],
  ])('completes %s in order', (name, expected) => {
    expect(candidates(name, parseSearchList(KUBERNETES))).toEqual(expected);
  });
});

it('a hosts file gives every address of a name, and none of a comment', () => {
  const hosts = parseHosts('127.0.0.1 localhost Pod # other\n::1 localhost\n# 10.0.0.1 x\nnonsense y\n\n10.0.0.2\tpod');
  expect(Object.fromEntries(hosts)).toEqual({ localhost: ['127.0.0.1', '::1'], pod: ['127.0.0.1', '10.0.0.2'] });
});
