import proxy from '@fastify/http-proxy';
import fastify from 'fastify';

/** @fastify/http-proxy as it comes, on undici; the pods take turns. */
const pods = process.env.PODS.split(',');
let turn = 0;
const app = fastify();
await app.register(proxy, { upstream: '', replyOptions: { getUpstream: () => pods[turn++ % pods.length] } });
console.log(JSON.stringify({ msg: 'proxy listens', url: await app.listen({ port: 0, host: '127.0.0.1' }) }));
