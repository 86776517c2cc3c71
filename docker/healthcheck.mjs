// The image's health check: whether this container's management listener says that the service is ready.
const { MANAGEMENT_HOST: host = '127.0.0.1', MANAGEMENT_PORT: port = '9901' } = process.env;
const address = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
const response = await fetch(`http://${address}:${port}/health/ready`, { signal: AbortSignal.timeout(4000) }).catch(
  (error) => ({ ok: false, text: () => `${error.message}: ${error.cause?.message ?? 'no answer'}` }),
);
console.log(await response.text());
process.exitCode = response.ok ? 0 : 1;
