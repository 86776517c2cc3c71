import { z } from 'zod';

/** What the processes of a group and their supervisor say to each other. */
export const ipcMessage = z.discriminatedUnion('slipstream', [
  /** To all others, by way of the supervisor. */
  z.object({ slipstream: z.literal('broadcast'), topic: z.string(), message: z.unknown() }),
  /** From a process: what have all measured? */
  z.object({ slipstream: z.literal('metrics-wanted'), id: z.number() }),
  /** From the supervisor: what have you measured? */
  z.object({ slipstream: z.literal('metrics-asked'), id: z.number() }),
  /** From a process: this. `metrics` as a prom-client registry gives them. */
  z.object({ slipstream: z.literal('metrics-told'), id: z.number(), metrics: z.array(z.unknown()) }),
  /** From the supervisor: all of it, as text. */
  z.object({ slipstream: z.literal('metrics-summed'), id: z.number(), text: z.string() }),
  /** From a process: it serves. */
  z.object({ slipstream: z.literal('up') }),
]);

export type IpcMessage = z.infer<typeof ipcMessage>;

/** @returns undefined for what is no message of ours: cluster and libraries use the same channel */
export const readIpc = (unchecked: unknown): IpcMessage | undefined => ipcMessage.safeParse(unchecked).data;
