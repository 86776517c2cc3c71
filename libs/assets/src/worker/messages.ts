import type { ContentCoding } from '@slipstream/http';
import type { Transformation } from '../transformer/messages.js';
import type { WorkerReport } from './worker-tally.js';

/** `best`: for content that is sent often. `quick`: for content that changes soon. */
export type Effort = 'best' | 'quick';

/** Codings of a difference to a dictionary (RFC 9842). */
export type DeltaCoding = 'dcb' | 'dcz';

/** Transforms an asset and codes it anew. */
export interface RecodeTask {
  readonly type: 'recode';
  readonly bytes: Uint8Array;
  /** Coding of `bytes`. Absent: none. */
  readonly from?: ContentCoding;
  /** Absent: none. */
  readonly to?: ContentCoding;
  readonly effort: Effort;
  /** Made before the content is coded. */
  readonly transformation?: Transformation;
  /** Whether the content is kept, as a part of dictionaries. */
  readonly isKept?: boolean;
}

/** Makes a dictionary of kept contents. */
export interface CombineTask {
  readonly type: 'combine';
  /** Hashes of the contents, in their order in the dictionary. */
  readonly contents: readonly string[];
}

/** Codes an asset as its difference to a dictionary. */
export interface DeltaTask {
  readonly type: 'delta';
  readonly bytes: Uint8Array;
  readonly from?: ContentCoding;
  /** SHA-256 of the dictionary, in hexadecimal. */
  readonly dictionary: string;
  readonly to: DeltaCoding;
}

export type Task = RecodeTask | CombineTask | DeltaTask;

/** Result of a task. */
export interface Made {
  /** The coded asset; of a dictionary its Brotli form. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256 of the content, in hexadecimal. */
  readonly digest: string;
  /** Length of the content. */
  readonly contentBytes: number;
  /** Coding of `bytes`. Absent: none. */
  readonly coding?: ContentCoding;
  /** Of a content in another format. Absent: that of the asset. */
  readonly contentType?: string;
  /** Whether the content is another one than that of the asset. */
  readonly isTransformed: boolean;
  /** Why the transformation failed. The asset was coded without it. */
  readonly failure?: string;
}

export interface TaskMessage {
  readonly id: number;
  readonly task: Task;
}

export type ResultMessage = { readonly id: number; readonly report: WorkerReport } & (
  { readonly type: 'done'; readonly made: Made } | { readonly type: 'failed'; readonly reason: string }
);

/** Settings of a worker, sent at its start. */
export interface WorkerSettings {
  /** Folder of finished assets. */
  readonly directory: string;
  /** Limit of all files in it. */
  readonly maxBytes: number;
  /** Larger content is left as it is; it is never decoded as a whole. */
  readonly maxContentBytes: number;
  /** Longest time of one transformation. */
  readonly transformTimeoutMs: number;
}
