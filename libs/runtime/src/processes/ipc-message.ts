import { z } from 'zod';

/** Messages between the processes of a group and their supervisor. */
export const ipcMessage = z.discriminatedUnion('slipstream', [
  /** To all other processes, through the supervisor. */
  z.object({ slipstream: z.literal('broadcast'), topic: z.string(), message: z.unknown() }),
  /** From a process: request to all processes about a topic. */
  z.object({ slipstream: z.literal('gather-wanted'), id: z.number(), topic: z.string() }),
  /** From the supervisor: that request, to each process. */
  z.object({ slipstream: z.literal('gather-requested'), id: z.number(), topic: z.string() }),
  /** From a process: its answer. */
  z.object({
    slipstream: z.literal('gather-answered'),
    id: z.number(),
    topic: z.string(),
    answers: z.array(z.unknown()),
  }),
  /** From the supervisor: the answers of the processes that replied. */
  z.object({
    slipstream: z.literal('gather-done'),
    id: z.number(),
    answers: z.array(z.unknown()),
    size: z.number(),
    silent: z.number(),
  }),
  /** From a process: it serves. */
  z.object({ slipstream: z.literal('up') }),
  /** From a serving process, every second: heartbeat. */
  z.object({ slipstream: z.literal('alive') }),
  /** From a process: it drains and ends because of an unexpected error. */
  z.object({ slipstream: z.literal('failing') }),
]);

export type IpcMessage = z.infer<typeof ipcMessage>;

/** @returns undefined for foreign messages: cluster and libraries use the same channel */
export const readIpc = (unchecked: unknown): IpcMessage | undefined => ipcMessage.safeParse(unchecked).data;
