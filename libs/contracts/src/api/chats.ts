import { z } from 'zod';
import { id, pageQuery, resource } from './resource.js';

const title = z.string().trim().min(1).max(500);
/** Name of a model, as in the list of models. */
export const modelName = z.string().min(1).max(200);

export const chat = resource.extend({ userId: id, title, model: modelName.optional() });
export type Chat = z.infer<typeof chat>;

/** `title` defaults to "New chat". `model` answers messages that do not name a model. */
export const createChat = z.strictObject({ userId: id, title: title.default('New chat'), model: modelName.optional() });
export type CreateChat = z.infer<typeof createChat>;

/** `model: null` resets to the first model of the pool. */
export const updateChat = z.strictObject({ title: title.optional(), model: modelName.nullable().optional() });
export type UpdateChat = z.infer<typeof updateChat>;

export const chatQuery = pageQuery.extend({ userId: id });
export type ChatQuery = z.infer<typeof chatQuery>;
