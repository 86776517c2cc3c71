import { z } from 'zod';
import { resource } from './resource.js';

const name = z.string().trim().min(1).max(200);
const email = z.email().max(320);

export const user = resource.extend({ name, email: email.optional() });
export type User = z.infer<typeof user>;

export const createUser = z.strictObject({ name, email: email.optional() });
export type CreateUser = z.infer<typeof createUser>;

/** `email: null` removes the address. */
export const updateUser = z.strictObject({ name: name.optional(), email: email.nullable().optional() });
export type UpdateUser = z.infer<typeof updateUser>;
