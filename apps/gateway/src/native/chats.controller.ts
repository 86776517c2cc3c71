import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { UserStore } from '@slipstream/access';
import { CacheInvalidator, CacheManager, keys } from '@slipstream/cache';
import { ChatRemoval, ChatStore } from '@slipstream/chats';
import {
  NotFoundError,
  chat,
  chatQuery,
  createChat,
  id,
  pageOf,
  updateChat,
  type Chat,
  type ChatQuery,
  type CreateChat,
  type Page,
  type Principal,
  type UpdateChat,
} from '@slipstream/contracts';
import type { CreateIdentity } from '@slipstream/mongo';
import { Access } from './access.js';
import { Caller } from './caller.js';
import { isFirstPage } from './first-page.js';
import { Identity } from '../http/idempotency-key.js';
import { ApiResponse, ApiTags } from '../openapi/decorators.js';

@ApiTags('chats')
@Controller('chats')
export class ChatsController {
  constructor(
    private readonly access: Access,
    private readonly users: UserStore,
    private readonly chats: ChatStore,
    private readonly cache: CacheManager,
    private readonly invalidator: CacheInvalidator,
    private readonly removal: ChatRemoval,
  ) {}

  @Post()
  @ApiResponse({ status: 201, standardSchema: chat })
  async create(
    @Caller() caller: Principal,
    @Identity() identity: CreateIdentity,
    @Body({ schema: createChat }) body: CreateChat,
  ): Promise<Chat> {
    this.access.requireUser(caller, body.userId);
    const owner = await this.cache.getOrLoad(
      keys.user(body.userId),
      async () => (await this.users.find(body.userId)) ?? undefined,
    );
    if (!owner) throw new NotFoundError('user', body.userId);
    const made = await this.chats.create(identity, body);
    if ((await this.users.existing([body.userId])).length === 0) {
      await this.removal.remove(made.id, body.userId);
      throw new NotFoundError('user', body.userId);
    }
    await this.invalidator.chat(made);
    // Its first message follows at once. No other client has the id yet, so no newer value can be overwritten.
    if (identity.requestHash === undefined) await this.cache.set(keys.chat(made.id), made);
    return made;
  }

  @Get()
  @ApiResponse({ status: 200, standardSchema: pageOf(chat) })
  list(@Caller() caller: Principal, @Query({ schema: chatQuery }) query: ChatQuery): Promise<Page<Chat>> {
    this.access.requireUser(caller, query.userId);
    const list = () => this.chats.list(query);
    return isFirstPage(query) ? this.firstPage(query.userId, list) : list();
  }

  /** An empty list is not cached, because a client can request the lists of any number of users. */
  private async firstPage(userId: string, list: () => Promise<Page<Chat>>): Promise<Page<Chat>> {
    const unlessEmpty = async (): Promise<Page<Chat> | undefined> => {
      const page = await list();
      return page.items.length > 0 ? page : undefined;
    };
    return (await this.cache.getOrLoad(keys.chatList(userId), unlessEmpty)) ?? { items: [] };
  }

  @Get(':id')
  @ApiResponse({ status: 200, standardSchema: chat })
  find(@Caller() caller: Principal, @Param('id', { schema: id }) chatId: string): Promise<Chat> {
    return this.access.chat(caller, chatId);
  }

  @Patch(':id')
  @ApiResponse({ status: 200, standardSchema: chat })
  async update(
    @Caller() caller: Principal,
    @Param('id', { schema: id }) chatId: string,
    @Body({ schema: updateChat }) body: UpdateChat,
  ): Promise<Chat> {
    await this.access.chat(caller, chatId);
    const updated = await this.chats.update(chatId, body);
    if (!updated) throw new NotFoundError('chat', chatId);
    await this.invalidator.chat(updated);
    return updated;
  }

  /** Removes the chat and its messages; its running generation stops. */
  @Delete(':id')
  @HttpCode(204)
  async remove(@Caller() caller: Principal, @Param('id', { schema: id }) chatId: string): Promise<void> {
    const { userId } = await this.access.chat(caller, chatId);
    if (!(await this.removal.remove(chatId, userId))) throw new NotFoundError('chat', chatId);
  }
}
