import { expect, it } from 'vitest';
import { routeOf } from './route.js';

it.each([
  ['GET', '/v1/models', { type: 'models' }],
  ['GET', '/v1/models?x=1', { type: 'models' }],
  ['GET', '/v1/models/llama3', { type: 'model', id: 'llama3' }],
  ['GET', '/v1/models/org/model.gguf', { type: 'model', id: 'org/model.gguf' }],
  ['GET', '/v1/models/org%2Fmodel', { type: 'model', id: 'org/model' }],
  ['GET', '/v1/models/%zz', { type: 'model', id: '%zz' }],
  ['POST', '/v1/chat/completions', { type: 'call', path: '/chat/completions' }],
  ['POST', '/v1/chat/completions?beta=true', { type: 'call', path: '/chat/completions?beta=true' }],
  ['POST', '/v1/embeddings', { type: 'call', path: '/embeddings' }],
  ['POST', '/v1/rerank', { type: 'call', path: '/rerank' }],
])('%s %s', (method, url, expected) => {
  expect(routeOf(method, url)).toEqual(expected);
});

it.each([
  ['GET', '/v1', 'unknown_url'],
  ['GET', '/v1/', 'unknown_url'],
  ['GET', '/v1/rerank', 'unknown_url'],
  ['GET', '/v2/models', 'unknown_url'],
  ['POST', '/v1/../api/delete', 'unknown_url'],
  ['POST', '/v1/%2e%2e/api', 'unknown_url'],
  ['POST', '/v1//chat', 'unknown_url'],
  ['POST', '/v1/chat/completions/', 'unknown_url'],
  ['POST', '/v1/models', 'method_not_allowed'],
  ['DELETE', '/v1/models/llama3', 'method_not_allowed'],
  ['GET', '/v1/chat/completions', 'method_not_allowed'],
  ['', '', 'unknown_url'],
])('refuses %s %s with %s', (method, url, code) => {
  expect(() => routeOf(method, url)).toThrow(expect.objectContaining({ code }));
});
