import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { AccessError, UserStore } from '@slipstream/access';
import { CacheInvalidator, CacheManager, keys } from '@slipstream/cache';
import { UserRemoval } from '@slipstream/chats';
import {
  NotFoundError,
  createUser,
  id,
  pageOf,
  pageQuery,
  updateUser,
  user,
  type CreateUser,
  type Page,
  type PageQuery,
  type Principal,
  type UpdateUser,
  type User,
} from '@slipstream/contracts';
import type { CreateIdentity } from '@slipstream/mongo';
import { Access } from './access.js';
import { Caller } from './caller.js';
import { isFirstPage } from './first-page.js';
import { Identity } from '../http/idempotency-key.js';
import { ApiResponse, ApiTags } from '../openapi/decorators.js';

@ApiTags('users')
@Controller('users')
export class UsersController {
  constructor(
    private readonly access: Access,
    private readonly users: UserStore,
    private readonly cache: CacheManager,
    private readonly invalidator: CacheInvalidator,
    private readonly removal: UserRemoval,
  ) {}

  @Post()
  @ApiResponse({ status: 201, standardSchema: user })
  async create(
    @Caller() caller: Principal,
    @Identity() identity: CreateIdentity,
    @Body({ schema: createUser }) body: CreateUser,
  ): Promise<User> {
    if (caller.role === 'user')
      throw new AccessError('service_required', 'Creating users requires a key of role admin or service.');
    const made = await this.users.create(identity, body);
    await this.invalidator.user(made.id);
    // Its first chat follows at once. No other client has the id yet, so no newer value can be overwritten.
    if (identity.requestHash === undefined) await this.cache.set(keys.user(made.id), made);
    return made;
  }

  @Get()
  @ApiResponse({ status: 200, standardSchema: pageOf(user) })
  async list(@Caller() caller: Principal, @Query({ schema: pageQuery }) query: PageQuery): Promise<Page<User>> {
    if (caller.role !== 'admin' || caller.userId !== undefined) {
      throw new AccessError(
        'admin_required',
        'Listing all users requires a key of role admin, without X-Slipstream-User.',
      );
    }
    const list = () => this.users.list(query);
    return isFirstPage(query) ? this.cache.getOrLoad(keys.userList, list) : list();
  }

  @Get(':id')
  @ApiResponse({ status: 200, standardSchema: user })
  async find(@Caller() caller: Principal, @Param('id', { schema: id }) userId: string): Promise<User> {
    this.access.requireUser(caller, userId);
    const found = await this.cache.getOrLoad(
      keys.user(userId),
      async () => (await this.users.find(userId)) ?? undefined,
    );
    if (!found) throw new NotFoundError('user', userId);
    return found;
  }

  @Patch(':id')
  @ApiResponse({ status: 200, standardSchema: user })
  async update(
    @Caller() caller: Principal,
    @Param('id', { schema: id }) userId: string,
    @Body({ schema: updateUser }) body: UpdateUser,
  ): Promise<User> {
    this.access.requireUser(caller, userId);
    const updated = await this.users.update(userId, body);
    if (!updated) throw new NotFoundError('user', userId);
    await this.invalidator.user(userId);
    return updated;
  }

  /** Removes the user with all chats and notifications. */
  @Delete(':id')
  @HttpCode(204)
  async remove(@Caller() caller: Principal, @Param('id', { schema: id }) userId: string): Promise<void> {
    this.access.requireUser(caller, userId);
    if (!(await this.removal.remove(userId))) throw new NotFoundError('user', userId);
  }
}
