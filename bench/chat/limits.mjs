/**
 * What the figures don't say, in Markdown.
 * @param {{canPin: boolean}} conditions
 */
export const limits = ({ canPin }) => `- ${canPin ? PINNED : UNPINNED}
- The reader is on the same machine and asks for the events as soon as the 202 is there; a network adds its round
  trips to both.
- The database's time is the mean of each operation per message, as the services' own \`/metrics\` tell it, so it
  holds the driver and, on a
  busy core, the wait for that core. Taking a mean from a p95 is an estimate: slow messages tend to have met a slow
  database, so what remains
  still holds some of it. \`job.create\` makes up to three calls. Of \`job.claim\`'s time two thirds are counted:
  its third call comes after the answer.
- Reading the job when the events are opened (\`job.find\`) goes on beside the worker's part, and is not taken off.
- The bare loop keeps no chats, no jobs and no database, checks no access, and loses an answer whose worker dies: it
  is the floor of these hops,
  not a system to compare with. Its queue is a quorum queue with persistent, confirmed messages, as Slipstream's is;
  it answers 202 after the
  confirm, Slipstream after the job is stored.
- The first second of each round, in which connections are made that had gone idle, is not counted.
- Every message has a chat of its own, so none waits for another of its chat, and none has a history to be read.
- Document-worker and notification-worker had no work; standalone keeps queue, events and cache in its own process.
- Absolute figures drift from machine to machine, and from hour to hour on a shared one; compare within one run.`;

const PINNED =
  'The load generator and the model server keep to one of two cores; what is measured, Redis, ' +
  'RabbitMQ and the database may use both, so they also wait for each other.';
const UNPINNED =
  'No process was held to a core (taskset with two cores is needed for that), so the load ' +
  'generator took time from what it measures.';
