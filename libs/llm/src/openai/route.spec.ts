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
  ['GET', '/v1', 404],
  ['GET', '/v1/', 404],
  ['GET', '/v1/rerank', 404],
  ['GET', '/v2/models', 404],
  ['POST', '/v1/../api/delete', 404],
  ['POST', '/v1/%2e%2e/api', 404],
  ['POST', '/v1//chat', 404],
  ['POST', '/v1/chat/completions/', 404],
  ['POST', '/v1/models', 405],
  ['DELETE', '/v1/models/llama3', 405],
  ['GET', '/v1/chat/completions', 405],
  ['', '', 404],
])('refuses %s %s with %i', (method, url, status) => {
  expect(() => routeOf(method, url)).toThrow(expect.objectContaining({ status }));
});
