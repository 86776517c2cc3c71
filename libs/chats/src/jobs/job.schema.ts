import type { ModelDefinition } from '@nestjs/mongoose';
import type { JobState, Lane, MessageState } from '@slipstream/contracts';
import { Schema } from '@slipstream/mongo';

/**
 * One turn of a chat: what a person asked, what the model answered, and how far the work is. Question, job and answer
 * are one document, so that each step (accepted; answered) is one atomic write: there is never a question without its
 * job, nor an answer to a job that was answered already.
 */
export interface JobDocument {
  _id: string;
  kind: 'chat';
  chatId: string;
  userId: string;
  /** Place of the question in its chat: 1, 3, 5, …; the answer's is one more. Unique within the chat. */
  ordinal: number;
  question: { messageId: string; content: string };
  answer: {
    messageId: string;
    content?: string;
    state?: MessageState;
    model?: string;
    finishReason?: string;
    at?: Date;
  };
  /** Model asked for; the pool's first when absent. */
  model?: string;
  /** Lane of its wake-ups; interactive when absent. */
  lane?: Lane;
  state: JobState;
  /** Number of the latest claim, 0 before the first. A write that carries an older one has no effect. */
  fence: number;
  /** How often generation was begun. */
  attempts: number;
  /** While the job is open, no worker may claim it before this time: the end of a lease, or of a retry's delay. */
  claimableAt: Date;
  /** While the job is open, the sweeper wakes a worker for it at this time. */
  wakeAt: Date;
  /** When these two were set, by the database's clock. Absent on jobs of older versions. */
  setAt?: Date;
  cancelRequestedAt?: Date;
  /** After this moment nobody waits for the answer, and none is begun. */
  deadline?: Date;
  error?: { code: string; detail: string };
  /** Id of the job's final event, once it has ended. */
  finalEventId?: string;
  /** Set while the person is still to be notified of the job's end. */
  notify?: boolean;
  /** The request that made it: its id, and its W3C trace context. */
  requestId?: string;
  traceparent?: string;
  requestHash?: string;
  createdAt: Date;
  updatedAt: Date;
}

const jobSchema: Schema<JobDocument> = new Schema<JobDocument>(
  {
    _id: { type: String, required: true },
    kind: { type: String, required: true },
    chatId: { type: String, required: true },
    userId: { type: String, required: true },
    ordinal: { type: Number, required: true },
    question: { messageId: String, content: String },
    answer: { messageId: String, content: String, state: String, model: String, finishReason: String, at: Date },
    model: String,
    lane: String,
    state: { type: String, required: true },
    fence: { type: Number, required: true },
    attempts: { type: Number, required: true },
    claimableAt: { type: Date, required: true },
    wakeAt: { type: Date, required: true },
    setAt: Date,
    cancelRequestedAt: Date,
    deadline: Date,
    error: { code: String, detail: String },
    finalEventId: String,
    notify: Boolean,
    requestId: String,
    traceparent: String,
    requestHash: String,
  },
  { collection: 'jobs', timestamps: true, versionKey: false },
)
  .index({ chatId: 1, ordinal: 1 }, { unique: true })
  .index({ state: 1, wakeAt: 1 })
  .index({ notify: 1, wakeAt: 1 }, { partialFilterExpression: { notify: true } });

export const jobModel: ModelDefinition = { name: 'Job', schema: jobSchema };
