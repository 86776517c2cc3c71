import { describe, expect, it } from 'vitest';
import { CDNManager } from './cdn-manager.js';

const YEAR = 'public, max-age=31536000';

describe('getCdnUrl', () => {
  it.each([
    [undefined, '/static/logo.png?v=2', 'https://cdn.openwebui.com/static/logo.png?v=2'],
    [undefined, 'static/logo.png', 'https://cdn.openwebui.com/static/logo.png'],
    ['https://edge.example/chat', '/a.js', 'https://edge.example/chat/a.js'],
    ['https://edge.example/chat/', '//evil.example/a.js', 'https://edge.example/chat//evil.example/a.js'],
  ])('with %s maps %s to %s', (cdnUrl, path, url) => expect(new CDNManager({ cdnUrl }).getCdnUrl(path)).toBe(url));

  it.each(['/../secret', '/%2e%2e/secret', '/a/../../secret', '..\\secret'])('rejects %s', (path) => {
    expect(() => new CDNManager({ cdnUrl: 'https://edge.example/chat' }).getCdnUrl(path)).toThrow(TypeError);
  });
});

it.each([
  ['image/png', '/static/logo.png', YEAR],
  ['font/woff2', '/fonts/a.woff2', YEAR],
  ['text/javascript', '/_app/immutable/chunks/B7xK29Qa.js', `${YEAR}, immutable`],
  ['text/css', '/app-B7xK29Qa.css', `${YEAR}, immutable`],
  ['text/css', '/app.3f2a9c01.css?x=1', `${YEAR}, immutable`],
  ['application/pdf', '/report-20241127.pdf', 'public, max-age=3600'],
  ['text/html', '/', 'public, max-age=3600'],
  ['', '/anything', 'public, max-age=3600'],
  ['image/png', '/api/v1/users/1/profile/image', 'no-cache'],
  ['application/json', '/v1/models', 'no-cache'],
])('caches %s at %s with %s', (type, path, value) => expect(new CDNManager().getCacheControl(type, path)).toBe(value));
