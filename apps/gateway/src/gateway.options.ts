import { memoryShares, type Config } from '@slipstream/config';
import type { OpenAiHandlerOptions } from '@slipstream/llm';
import type { Greeted } from './greeting.js';
import type { ConfiguredKey } from '@slipstream/access';
import type { CertificateFiles, CertificateOptions } from './http/certificate.js';
import type { ListenerLimits, ListenerOptions } from './http/listener-options.js';
import type { NativePorts } from './native/native.module.js';
import type { AccessLogSettings } from '@slipstream/telemetry';

type ListenerAddress = Pick<ListenerOptions, 'name' | 'host' | 'port' | 'portSetting'>;
type ListenerSettings =
  'host' | 'port' | 'hstsMaxAgeSeconds' | 'trustedPeers' | 'writeIdleTimeoutMs' | 'streamWriteIdleTimeoutMs';

export const listenerOptions = ({ listen }: Config): Pick<ListenerOptions, ListenerSettings> => ({
  host: listen.host,
  port: listen.port,
  hstsMaxAgeSeconds: listen.tls?.hstsMaxAgeSeconds,
  trustedPeers: listen.trustedPeers,
  writeIdleTimeoutMs: listen.writeIdleTimeoutMs,
  streamWriteIdleTimeoutMs: listen.streamWriteIdleTimeoutMs,
});

export const accessLogOptions = ({ log }: Config): AccessLogSettings => ({
  mode: log.access,
  format: log.accessFormat,
  slowMs: log.slowMs,
  showsQuery: log.accessQuery,
  maxPerSecond: log.accessMaxPerSecond,
});

export const listenerLimits = ({ listen }: Config): ListenerLimits => ({
  allowedHosts: listen.allowedHosts,
  maxConnections: listen.maxConnections,
  maxConnectionsPerAddress: listen.maxConnectionsPerAddress,
});

/** Where the internal listener listens; undefined without one. */
export const internalAddress = ({ listen: { internal } }: Config): ListenerAddress | undefined =>
  internal && { name: 'internal', host: internal.host, port: internal.port, portSetting: 'listen.internal.port' };

/** Whether the internal listener serves `/v1` only. */
export const servesV1Only = ({ listen: { internal } }: Config): boolean => internal?.serves === 'v1';

/** Where the redirect to HTTPS listens; undefined without one. */
export const redirectAddress = ({ listen: { host, redirectPort: port } }: Config): ListenerAddress | undefined =>
  port === undefined ? undefined : { name: 'redirect', host, port, portSetting: 'listen.redirectPort' };

export const certificateOptions = ({ listen }: Config): CertificateOptions => ({
  host: listen.host,
  selfSigned: listen.tls?.selfSigned === true,
});

export const certificateFiles = ({ listen }: Config): CertificateFiles | undefined =>
  listen.tls?.certFile === undefined || listen.tls.keyFile === undefined
    ? undefined
    : { certFile: listen.tls.certFile, keyFile: listen.tls.keyFile };

export const configuredKeys = ({ keys }: Config): ConfiguredKey[] =>
  keys.map(({ id, hash, role, user }) => ({ id, hash, role, user }));

type NativeSettings =
  | 'maxOpenJobs'
  | 'maxOpenDocuments'
  | 'uploadLimits'
  | 'loader'
  | 'maxOpenNotifications'
  | 'subscribers'
  | 'hostedAssetLimits'
  | 'templates'
  | 'hooks';

export const nativePortsOptions = ({
  chat,
  documents,
  events,
  hostedAssets,
  notifications,
}: Config): Pick<NativePorts, NativeSettings> => ({
  maxOpenJobs: chat.maxOpenJobs,
  maxOpenDocuments: documents.maxOpen,
  uploadLimits: {
    maxFileBytes: documents.maxFileBytes,
    maxPerUser: documents.maxPerUser,
    maxBytesPerUser: documents.maxBytesPerUser,
    maxOpenPerUser: documents.maxOpenPerUser,
  },
  hostedAssetLimits: { maxFileBytes: hostedAssets.maxFileBytes, maxFiles: hostedAssets.maxFiles },
  loader: { waitMs: documents.loaderWaitMs, keptMs: documents.loaderKeptMs },
  maxOpenNotifications: notifications.maxOpen,
  subscribers: {
    maxSubscribers: events.maxSubscribers,
    maxSubscribersPerUser: events.maxSubscribersPerUser,
  },
  templates: notifications.templates,
  hooks: notifications.openWebuiHooks.map(({ id, hash, recipients }) => ({ id, hash, recipients })),
});

export const documentSearchUrl = ({ documents }: Config): string => documents.searchUrl;

export const nativeApiOptions = ({ listen }: Config): { maxBodyBytes: number } => ({
  maxBodyBytes: listen.maxBodyBytes,
});

export const requestBodyBytes = (config: Config): number => memoryShares(config).requestBodyBytes;

export const openAiOptions = ({ llm }: Config): Pick<OpenAiHandlerOptions, 'maxBodyBytes'> => ({
  maxBodyBytes: llm.maxBodyBytes,
});

export const hasWebPool = ({ web }: Config): boolean => web.backends.length > 0;
export const isDemo = ({ llm }: Config): boolean => llm.backends.length === 0;

export const greetingOptions = (config: Config): Omit<Greeted, 'url' | 'managementUrl' | 'web' | 'models'> => ({
  webPreset: config.web.preset,
  isDemo: isDemo(config),
  hasKeys: config.keys.length > 0,
  isSelfSigned: config.listen.tls?.selfSigned === true,
});
