import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ChatRemoval, JobStore, historyPage, type JobDocument } from '@slipstream/chats';
import {
  InvalidInputError,
  NotFoundError,
  id,
  message,
  messageAccepted,
  messageOf,
  pageOf,
  pageQuery,
  postMessage,
  type Message,
  type MessageAccepted,
  type Page,
  type PageQuery,
  type PostMessage,
  type Principal,
} from '@slipstream/contracts';
import { ModelPool } from '@slipstream/llm';
import type { CreateIdentity } from '@slipstream/mongo';
import { MessageQueue } from '@slipstream/rabbitmq';
import type { RequestContext } from '@slipstream/http';
import { Access } from './access.js';
import { Backlog } from './backlog.js';
import { Caller, Context } from './caller.js';
import { DocumentAccess } from './documents/document-access.js';
import { eventsUrlOf } from './events-url.js';
import { Identity } from '../http/idempotency-key.js';
import { GATEWAY_LOGGER, type NativeLogger } from '../http/gateway-logger.js';
import { ApiResponse, ApiTags } from '../openapi/decorators.js';

@ApiTags('messages')
@Controller('chats/:id/messages')
export class MessagesController {
  constructor(
    private readonly access: Access,
    private readonly jobs: JobStore,
    private readonly backlog: Backlog,
    private readonly queue: MessageQueue,
    private readonly models: ModelPool,
    private readonly removal: ChatRemoval,
    @Inject(GATEWAY_LOGGER) private readonly logger: NativeLogger,
    private readonly documents: DocumentAccess,
  ) {}

  /** Stores the message and its generation, which then runs in any case. Supports `Idempotency-Key`. */
  @Post()
  @HttpCode(202)
  @ApiResponse({ status: 202, standardSchema: messageAccepted })
  async post(
    @Caller() caller: Principal,
    @Context() context: RequestContext,
    @Identity() identity: CreateIdentity,
    @Param('id', { schema: id }) chatId: string,
    @Body({ schema: postMessage }) body: PostMessage,
  ): Promise<MessageAccepted> {
    const chat = await this.access.chat(caller, chatId);
    const model = body.model ?? chat.model;
    const { userId } = chat;
    await this.admit(identity, userId, { ...body, model });
    const { requestId, traceparent } = context;
    const { content, documentIds, lane, notify } = body;
    const deadline = body.deadline === undefined ? undefined : new Date(body.deadline);
    const turn = {
      chatId,
      userId,
      model,
      lane,
      requestId,
      traceparent,
      content,
      documentIds,
      notify,
      deadline,
      questionId: randomUUID(),
      answerId: randomUUID(),
    };
    const job = await this.jobs.create(identity, turn);
    if (!(await this.removal.isStillThere(chatId))) throw new NotFoundError('chat', chatId);
    if (job.state === 'queued' && job.attempts === 0) this.wakeWorker(job, context);
    return { messageId: job.question.messageId, jobId: job._id, eventsUrl: eventsUrlOf(job._id) };
  }

  @Get()
  @ApiResponse({ status: 200, standardSchema: pageOf(message) })
  async history(
    @Caller() caller: Principal,
    @Param('id', { schema: id }) chatId: string,
    @Query({ schema: pageQuery }) query: PageQuery,
  ): Promise<Page<Message>> {
    await this.access.chat(caller, chatId);
    return historyPage(this.jobs, chatId, query);
  }

  /**
   * A repeated call gets its answer even if the queue is full by now, or its model is gone. The database is read only
   * then: the insert detects the other repeated calls.
   * @throws InvalidInputError `unknown_model`. @throws QueueFullError
   * @throws NotFoundError `document_not_found`. @throws ConflictError `document_not_ready`
   */
  private async admit(
    identity: CreateIdentity,
    userId: string,
    { model, documentIds, lane }: Pick<PostMessage, 'model' | 'documentIds' | 'lane'>,
  ): Promise<void> {
    try {
      if (model !== undefined) await this.requireModel(model);
      if (documentIds) await this.documents.requireReady(userId, documentIds);
      await this.backlog.admit(lane);
    } catch (error) {
      if (!(await this.jobs.findEarlier(identity))) throw error;
    }
  }

  /** @throws InvalidInputError `unknown_model` if the model servers answer and none of them has it */
  private async requireModel(model: string): Promise<void> {
    const known = await this.models.models();
    if (known.length > 0 && !known.some(({ id }) => id === model)) {
      throw new InvalidInputError(
        'unknown_model',
        `No model server has the model '${model}'; GET /slipstream/v1/models lists all models.`,
      );
    }
  }

  /** The job is stored, so the call does not wait for its wake-up. If that is lost, the sweeper publishes another. */
  private wakeWorker(job: JobDocument, { requestId, traceparent }: RequestContext): void {
    this.queue
      .publish(
        'chat_queue',
        'chat.generate',
        { jobId: job._id, chatId: job.chatId },
        { lane: job.lane, requestId, traceparent },
      )
      .catch((error: unknown) =>
        this.logger.warn(
          { jobId: job._id, reason: messageOf(error) },
          'wake-up not published; the sweeper will publish it',
        ),
      );
  }
}
