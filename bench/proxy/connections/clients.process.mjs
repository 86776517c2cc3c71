import { WebSocket } from 'ws';
import { quantile } from '../../harness/distribution.mjs';
import { openConversation } from './conversation.mjs';
import { openStream } from './numbered-stream.mjs';

/**
 * Opens SOCKETS WebSockets and STREAMS event streams at URL, says so, and at SIGUSR2 sends MESSAGES numbered messages
 * over each socket, one every EVERY_MS. Tells in the end what came back.
 */
const [sockets, streams, messages, everyMs, events] = ['SOCKETS', 'STREAMS', 'MESSAGES', 'EVERY_MS', 'EVENTS'].map(
  (name) => Number(process.env[name]),
);
const OPENED_AT_A_TIME = 50;

const conversations = await openInTurn(sockets, () =>
  openConversation(new WebSocket(process.env.URL, { perMessageDeflate: false })),
);
const streaming = await openInTurn(streams, () => openStream(process.env.URL, events));
const begun = new Promise((resolve) => process.once('SIGUSR2', resolve));
console.log(JSON.stringify({ msg: 'all open' }));
await begun;

const told = await Promise.all(
  conversations.map((talk, index) => talk({ messages, everyMs, delayMs: (index / sockets) * everyMs })),
);
const heard = await Promise.all(streaming.map(({ ended }) => ended));
const roundTripsMs = told.flatMap((one) => one.roundTripsMs);
console.log(
  JSON.stringify({
    msg: 'finished',
    echoesDue: sockets * messages,
    echoes: total(told, 'echoes'),
    echoesOutOfOrder: total(told, 'outOfOrder'),
    eventsDue: streams * events,
    events: total(heard, 'events'),
    eventsOutOfOrder: total(heard, 'outOfOrder'),
    roundTripP50Ms: quantile(roundTripsMs, 0.5),
    roundTripP99Ms: quantile(roundTripsMs, 0.99),
  }),
);
process.exit();

/** Opens some at a time, as many as no listener's queue is too short for. */
async function openInTurn(count, open) {
  const opened = [];
  while (opened.length < count) {
    opened.push(
      ...(await Promise.all(Array.from({ length: Math.min(OPENED_AT_A_TIME, count - opened.length) }, open))),
    );
  }
  return opened;
}

function total(all, figure) {
  return all.reduce((sum, one) => sum + one[figure], 0);
}
