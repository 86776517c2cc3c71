import { table } from '../../harness/table.mjs';

const ADDED_AIM_MB = 150;

/** @param {import('./connections.part.mjs').Connections} measured */
export function connectionsVerdicts({ clients, pods, sockets, streams, memory }) {
  const { lost, reordered } = losses(clients, pods);
  const addedMb = memory.peakMb - memory.beforeMb;
  const many = `${sockets} WebSockets and ${streams} event streams`;
  return [
    { aim: `${many}: nothing lost`, measured: `${lost} lost`, isMet: lost === 0 },
    { aim: `${many}: nothing reordered`, measured: `${reordered} out of order`, isMet: reordered === 0 },
    {
      aim: `${many}: at most ${ADDED_AIM_MB} MB more`,
      measured: `${addedMb.toFixed(0)} MB`,
      isMet: addedMb <= ADDED_AIM_MB,
    },
  ];
}

/** @param {import('./connections.part.mjs').Connections} measured */
export function connectionsSection({ clients, pods, sockets, streams, memory, openingMs }) {
  const roundTrip = ['roundTripP50Ms', 'roundTripP99Ms'].map((figure) =>
    Math.max(...clients.map((client) => client[figure])).toFixed(1),
  );
  return [
    '## Open connections',
    introduction(sockets, streams),
    trafficTable(clients, pods),
    residentTable(memory),
    `Opening them took ${(openingMs / 1000).toFixed(1)} s, an echo ${roundTrip[0]} ms (p50) and ` +
      `${roundTrip[1]} ms (p99).`,
  ].join('\n\n');
}

const trafficTable = (clients, pods) =>
  table(
    ['', 'due', 'arrived', 'out of order'],
    [
      ['messages at the pods', total(clients, 'echoesDue'), total(pods, 'messages'), total(pods, 'outOfOrder')],
      [
        'their echoes at the clients',
        total(clients, 'echoesDue'),
        total(clients, 'echoes'),
        total(clients, 'echoesOutOfOrder'),
      ],
      [
        'events at the clients',
        total(clients, 'eventsDue'),
        total(clients, 'events'),
        total(clients, 'eventsOutOfOrder'),
      ],
    ].map((row) => row.map(String)),
  );

const residentTable = ({ beforeMb, openMb, peakMb }) =>
  table(
    ['gateway', 'resident MB', 'more'],
    [
      ['idle', beforeMb, undefined],
      ['all open, sockets silent', openMb, openMb - beforeMb],
      ['most, messages going', peakMb, peakMb - beforeMb],
    ],
  );

const introduction = (sockets, streams) => `${sockets} WebSockets, each with a message of 200 bytes a second, and
${streams} event streams, each with ten
events a second, at the
same time through one gateway on one core. Everything is numbered, and the numbers are checked at both ends.`;

function losses(clients, pods) {
  const lost = ['echoes', 'events'].reduce((sum, what) => sum + total(clients, `${what}Due`) - total(clients, what), 0);
  const reordered = total(clients, 'echoesOutOfOrder') + total(clients, 'eventsOutOfOrder') + total(pods, 'outOfOrder');
  return { lost, reordered };
}

const total = (all, figure) => all.reduce((sum, one) => sum + one[figure], 0);
