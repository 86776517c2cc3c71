import { describe, expect, it } from 'vitest';
import { unreadVariables } from './index.js';

describe('unreadVariables', () => {
  it.each([
    ['WEB_BACKEND', 'WEB_BACKENDS'],
    ['MONGODB_URL', 'MONGODB_URI'],
    ['MONGO_URI', 'MONGODB_URI'],
    ['MONGO_URL', 'MONGODB_URI'],
    ['AMQP_URL', 'RABBITMQ_URL'],
    ['RABBIT_URL', 'RABBITMQ_URL'],
    ['REDIS_URI', 'REDIS_URL'],
    ['TLS_SELFSIGNED', 'TLS_SELF_SIGNED'],
    ['log_level', 'LOG_LEVEL'],
    ['PORTS', 'PORT'],
    ['POTR', 'PORT'],
    ['LLM_API_KEY', 'LLM_API_KEYS'],
    ['REDIS_URL_FLIE', 'REDIS_URL_FILE'],
    ['SLIPSTREAM_WEB_PRESET', 'WEB_PRESET'],
    ['SLIPSTREAM_CONF', 'SLIPSTREAM_CONFIG'],
    ['SLIPSTREAM_CONFIGS', 'SLIPSTREAM_CONFIG'],
  ])('takes %s for %s', (name, meant) => {
    expect(unreadVariables({ [name]: 's3cret' })).toEqual([
      `${name}: is not a variable of Slipstream; did you mean ${meant}?`,
    ]);
  });

  it.each([
    ['CHAT_LEASE_MS', 'chat.leaseMs'],
    ['WEB_STRATEGY', 'web.strategy'],
    ['SLIPSTREAM_WEB_HEALTH_INTERVAL_MS', 'web.health.intervalMs'],
  ])('says where %s can be set', (name, setting) => {
    expect(unreadVariables({ [name]: '1' })).toEqual([
      `${name}: is not a variable of Slipstream; set ${setting} in slipstream.yaml`,
    ]);
  });

  it('says nothing of what is read, or empty', () => {
    expect(unreadVariables({ PORT: '1', HOST: 'h', MONGODB_URI: 'm', SLIPSTREAM_CONFIG: 'f', REDIS_URI: '' })).toEqual(
      [],
    );
  });

  it('ignores variables of shells, and those of Kubernetes for services redis, web, gateway and slipstream', () => {
    const shell = {
      HOME: '/root',
      PATH: '/bin',
      HOSTNAME: 'pod-1',
      HOSTTYPE: 'x86_64',
      NODE_ENV: 'production',
      http_proxy: 'http://p',
      SSL_CERT_FILE: '/etc/ssl/certs/ca-certificates.crt',
    };
    const links = [
      'REDIS',
      'WEB',
      'GATEWAY',
      'SLIPSTREAM',
      'SLIPSTREAM_GATEWAY',
      'SLIPSTREAM_MANAGEMENT',
      'KUBERNETES',
    ].flatMap((name) => [
      [`${name}_SERVICE_HOST`, '10.0.0.1'],
      [`${name}_SERVICE_PORT`, '80'],
      [`${name}_SERVICE_PORT_HTTP`, '80'],
      [`${name}_PORT`, 'tcp://10.0.0.1:80'],
      [`${name}_PORT_80_TCP`, 'tcp://10.0.0.1:80'],
      [`${name}_PORT_80_TCP_PROTO`, 'tcp'],
      [`${name}_PORT_80_TCP_PORT`, '80'],
      [`${name}_PORT_80_TCP_ADDR`, '10.0.0.1'],
    ]);
    expect(unreadVariables({ ...shell, ...Object.fromEntries(links) })).toEqual([]);
  });
});
