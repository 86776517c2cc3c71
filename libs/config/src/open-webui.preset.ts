const SHELL = { class: 'public', ttlMs: 5_000, staleWhileRevalidateMs: 60_000, staleIfErrorMs: 3_600_000 } as const;
const UNHASHED = {
  class: 'public',
  ttlMs: 60_000,
  staleWhileRevalidateMs: 600_000,
  staleIfErrorMs: 3_600_000,
} as const;
/** Files of a release or an operator. For a week, no page waits for one; a changed file shows one visit later. */
const STATIC = { ...UNHASHED, ttlMs: 300_000, staleWhileRevalidateMs: 7 * 24 * 3_600_000 } as const;
const NEVER = { class: 'never' } as const;
const OWN = { class: 'private' } as const;
const CHATS = { class: 'private', tags: ['chats:{user}'] } as const;
const NOTHING = { drops: [] } as const;
const OWN_CHATS = { drops: ['chats:{user}'] } as const;
const COMPLETION = { drops: ['chats:{user}'], cooldownTags: ['chats:{user}'] } as const;
const ALL_MODELS = { drops: ['models', 'config'] } as const;
const EVERYTHING_PRIVATE = { drops: ['user'] } as const;
const EVERYTHING_OWN = { drops: ['user:{user}'] } as const;

/**
 * Cache rules for Open WebUI 0.12. Answers of a page load are private and fresh for 5 s. A stale model list is sent at
 * once and renewed in the background. A chat's answer arrives over the WebSocket after the call has ended, so chats
 * are not stored for 120 s after a completion call. `POST chats/tags` only reads, `GET chats/search?text=tag:x` may
 * delete a tag, and sign-out is a GET.
 */
const cache = {
  reads: {
    '/_app/immutable/**': { class: 'immutable' },
    '/': SHELL,
    '/auth': SHELL,
    '/_app/version.json': SHELL,
    '/static/**': STATIC,
    '/assets/**': STATIC,
    '/manifest.json': STATIC,
    '/opensearch.xml': STATIC,
    '/api/changelog': UNHASHED,
    '/api/version': UNHASHED,
    '/api/config': { class: 'private', tags: ['config'] },
    '/api/models': {
      class: 'private',
      tags: ['models'],
      staleWhileRevalidateMs: 300_000,
      staleIfErrorMs: 3_600_000,
      unlessParameter: 'refresh',
    },
    '/api/v1/models/model/profile/image': { class: 'private', tags: ['models'] },
    '/api/v1/configs/banners': { class: 'private', tags: ['config'] },
    '/api/v1/chats/': CHATS,
    '/api/v1/chats/list': CHATS,
    '/api/v1/chats/pinned': CHATS,
    '/api/v1/chats/archived': CHATS,
    '/api/v1/chats/shared': CHATS,
    '/api/v1/chats/all/tags': CHATS,
    '/api/v1/chats/folder/{folder}': CHATS,
    '/api/v1/chats/{chat}': { class: 'private', tags: ['chats:{user}', 'chat:{chat}'] },
    '/api/v1/chats/all': NEVER,
    '/api/v1/chats/search': NEVER,
    '/api/v1/folders/': CHATS,
    '/api/v1/folders/shared': CHATS,
    '/api/v1/notes/pinned': { class: 'private', tags: ['notes'] },
    '/api/v1/terminals/': { class: 'private', tags: ['config'] },
    '/api/v1/users/user/settings': OWN,
    '/api/v1/users/{profile}/profile/image': { class: 'private', tags: ['user:{profile}'] },
    '/api/v1/tools/': { class: 'private', tags: ['tools'] },
    '/api/v1/functions/': { class: 'private', tags: ['functions'] },
    '/api/v1/channels/': { class: 'private', tags: ['channels'] },
    '/ws/**': NEVER,
    '/oauth/**': NEVER,
    '/health': NEVER,
    '/health/**': NEVER,
    '/ready': NEVER,
    '/api/v1/auths/**': NEVER,
    '/api/tasks/**': NEVER,
    '/api/usage': NEVER,
  },
  writes: {
    '/ws/**': NOTHING,
    '/api/chat/completions': COMPLETION,
    '/api/v1/chat/completions': COMPLETION,
    '/api/message': COMPLETION,
    '/api/v1/messages': COMPLETION,
    '/api/chat/**': OWN_CHATS,
    '/api/v1/chats/**': OWN_CHATS,
    '/api/v1/chats/{chat}': { drops: ['chats:{user}', 'chat:{chat}'] },
    '/api/v1/chats/{chat}/**': { drops: ['chats:{user}', 'chat:{chat}'] },
    '/api/v1/chats/tags': NOTHING,
    '/api/v1/chats/search': { methods: ['GET'], drops: ['chats:{user}'] },
    '/api/v1/folders/**': OWN_CHATS,
    '/api/v1/notes/**': { drops: ['notes'] },
    '/api/v1/models/**': ALL_MODELS,
    '/api/v1/functions/**': { drops: ['functions', 'models', 'config'] },
    '/api/v1/tools/**': { drops: ['tools', 'models'] },
    '/api/v1/configs/**': ALL_MODELS,
    '/api/v1/evaluations/config': ALL_MODELS,
    '/api/v1/channels/**': { drops: ['channels'] },
    '/openai/config/**': ALL_MODELS,
    '/ollama/config/**': ALL_MODELS,
    '/ollama/api/pull/**': ALL_MODELS,
    '/ollama/api/create/**': ALL_MODELS,
    '/ollama/api/copy/**': ALL_MODELS,
    '/ollama/api/delete/**': ALL_MODELS,
    '/openai/**': NOTHING,
    '/ollama/**': NOTHING,
    '/api/tasks/**': NOTHING,
    '/api/v1/tasks/**': NOTHING,
    '/api/v1/audio/**': NOTHING,
    '/api/embeddings': NOTHING,
    '/api/v1/auths/**': { methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], ...EVERYTHING_OWN },
    '/api/v1/auths/': { methods: ['POST', 'PUT', 'PATCH', 'DELETE'], ...EVERYTHING_OWN },
    // Each load of a page sends it, while the page reads the lists. No answer with a rule depends on it.
    '/api/v1/auths/update/timezone': NOTHING,
    '/api/v1/auths/admin/**': { methods: ['POST', 'PUT', 'PATCH', 'DELETE'], ...EVERYTHING_PRIVATE },
    '/api/v1/auths/add': EVERYTHING_PRIVATE,
    '/oauth/**': { methods: ['GET', 'POST'], ...EVERYTHING_OWN },
    '/api/v1/users/**': EVERYTHING_PRIVATE,
    '/api/v1/users/user/**': EVERYTHING_OWN,
    '/api/v1/groups/**': EVERYTHING_PRIVATE,
  },
} as const;

/**
 * Defaults for Open WebUI. Its `/health` is constant, so health checks also open a WebSocket: a backend can fail there
 * while `/health` passes (open-webui/open-webui#25975). Only Socket.IO is sticky, because polling requires it. A
 * completion without streaming, or an upload that is embedded, may take minutes to send its header. No page of it
 * has an integrity attribute.
 */
export const OPEN_WEBUI = {
  health: { path: '/health', webSocketPath: '/ws/socket.io/?EIO=4&transport=websocket' },
  stickiness: { type: 'cookie', paths: ['/ws/socket.io'] },
  headersTimeoutMs: 600_000,
  idleTimeoutMs: 600_000,
  maxConnections: 1000,
  queue: { maxLength: 1000, timeoutMs: 10_000 },
  cdn: { health: { paths: ['/_app/version.json'] } },
  cache,
  assets: { minify: ['/static/**', '/assets/**'] },
} as const;
