import type { ModelDefinition } from '@nestjs/mongoose';
import type { Citation, JobState, Lane, MessageState } from '@slipstream/contracts';
import { Schema, versioned } from '@slipstream/mongo';

/**
 * One turn of a chat: question, answer, and state of the work. They are one document, so that each step (accepted;
 * answered) is one atomic write: a question always has its job, and a job is answered at most once.
 */
export interface JobDocument {
  _id: string;
  kind: 'chat';
  chatId: string;
  userId: string;
  /** Ordinal of the question in its chat: 1, 3, 5, …; the answer has the next one. Unique within the chat. */
  ordinal: number;
  question: { messageId: string; content: string };
  answer: {
    messageId: string;
    content?: string;
    state?: MessageState;
    model?: string;
    finishReason?: string;
    citations?: Citation[];
    at?: Date;
  };
  /** Documents of the user whose passages the model gets. */
  documentIds?: string[];
  /** Requested model. Absent: the first of the pool. */
  model?: string;
  /** Lane of the wake-ups. Absent: interactive. */
  lane?: Lane;
  state: JobState;
  /** Number of the latest claim, 0 before the first. A write with an older number has no effect. */
  fence: number;
  /** Number of attempts that began. */
  attempts: number;
  /** While the job is open, no worker may claim it before this time: the end of a lease, or of a retry delay. */
  claimableAt: Date;
  /** While the job is open, the sweeper publishes a wake-up for it at this time. */
  wakeAt: Date;
  /** When these two times were set, by the database's clock. Absent on jobs of older versions. */
  setAt?: Date;
  cancelRequestedAt?: Date;
  /** Deadline of the answer. Generation does not start after it. */
  deadline?: Date;
  error?: { code: string; detail: string };
  /** Id of the job's final event, after its end. */
  finalEventId?: string;
  /** Set while the completion notice for the user is not stored. */
  notify?: boolean;
  /** Id and W3C trace context of the request that created the job. */
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
    answer: {
      messageId: String,
      content: String,
      state: String,
      model: String,
      finishReason: String,
      // Mongoose would make a document of each one, and a list of none where there is no list.
      citations: Schema.Types.Mixed,
      at: Date,
    },
    documentIds: { type: [String], default: undefined },
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

export const jobModel: ModelDefinition = { name: 'Job', schema: versioned(jobSchema) };
