import { ACCESS_ERRORS } from './table/access.errors.js';
import { API_ERRORS } from './table/api.errors.js';
import type { ErrorEntry } from './table/error-entry.js';
import { HOUSE_ERRORS } from './table/house.errors.js';
import { INTERNAL_ERRORS } from './table/internal.errors.js';
import { REQUEST_ERRORS } from './table/request.errors.js';
import { UPSTREAM_ERRORS } from './table/upstream.errors.js';

/** All errors, grouped by their source, as listed in docs/errors.md. */
export const ERROR_GROUPS = {
  Requests: REQUEST_ERRORS,
  Access: ACCESS_ERRORS,
  'Native and admin API': API_ERRORS,
  'Backends and model servers': UPSTREAM_ERRORS,
  'Stores and the gateway itself': HOUSE_ERRORS,
  'Jobs, deliveries and internal errors': INTERNAL_ERRORS,
} as const;

const TABLE = {
  ...REQUEST_ERRORS,
  ...ACCESS_ERRORS,
  ...API_ERRORS,
  ...UPSTREAM_ERRORS,
  ...HOUSE_ERRORS,
  ...INTERNAL_ERRORS,
};

/** Code of an error. */
export type ErrorCode = keyof typeof TABLE;

/** Status, message and retryability of every error, by code. */
export const ERRORS: Readonly<Record<ErrorCode, ErrorEntry>> = TABLE;

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(TABLE, code);

/** Returns the HTTP status of an error with this code. */
export const statusOf = (code: ErrorCode): number => ERRORS[code].status ?? 500;
