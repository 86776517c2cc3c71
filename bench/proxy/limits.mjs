/**
 * What the figures don't say, in Markdown.
 * @param {{canPin: boolean}} conditions
 */
export const limits = ({ canPin }) => `- ${canPin ? PINNED : UNPINNED}
- The CPU of a way is the time of its process on the core, the kernel's work for its sockets included; what the
  kernel does for loopback in
  the sender's time counts to the sender.
- nginx, HAProxy and the bare dispatch check no pod, count nothing and add no ids; the gateway does all of that for
  every request.
- The pods of the first table are nginx and answer from memory, so what is measured is the proxy and nothing else. A
  real pod takes longer.
- Memory is the gateway's whole resident growth since it was ready: code that ran for the first time is in it too.
- The time until an ejection is logged includes the way of the log line to its reader, a few ms.
- Absolute figures drift from machine to machine, and from hour to hour on a shared one; compare within one run.`;

const PINNED =
  'What is measured has one core to itself; the load, the pods and the stores share another. Two ' +
  'gateways share theirs.';
const UNPINNED =
  'No process was held to a core (taskset with two cores is needed for that), so everything took time from everything.';
