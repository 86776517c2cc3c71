/** What the two processes of the bare loop agree on. */
export const QUEUE = 'bench_bare_chat_queue';

/** The queue as Slipstream declares its own, as far as it costs time; it vanishes when the bench is over. */
export const QUEUE_OPTIONS = { durable: true, arguments: { 'x-queue-type': 'quorum', 'x-expires': 600_000 } };

/** Both the stream's key and the channel's name. */
export const streamOf = (jobId) => `bench_bare:events:${jobId}`;

/** Nagle's algorithm would hold small frames back. */
export const SOCKET_OPTIONS = { noDelay: true };
