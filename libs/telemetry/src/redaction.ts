const REDACTED = '[redacted]';
const OMITTED = '[omitted]';
/** A name with such an end is a secret's: `x-api-key`, `accessToken`, `set-cookie`; `keyId` and `maxTokens` are not. */
const SECRET_NAME =
  /(?:authorization|cookie|password|passwd|passphrase|secret|token|credentials?|api[-_]?key|private[-_]?key|access[-_]?key|^key)$/i;
/** Contents of users and models. Counts under the same names are harmless. */
const CONTENT_NAME = /^(?:content|delta|prompt|messages|body)$/i;
const MAX_DEPTH = 6;
const MAX_ENTRIES = 50;

/**
 * Returns a copy of a log line's fields that is safe to write. Secrets and message contents are removed by name at
 * every depth. Errors are reduced to useful fields, because libraries attach whole documents to theirs. Depth and
 * length are limited.
 */
export const redact = (facts: object): Record<string, unknown> => redactEntries(facts, 0);

/**
 * Returns the text without the credentials of its URLs: `amqp://user:***@host`, and `http://***@host` for a bare token.
 */
export const withoutPasswords = (text: string): string =>
  text.replace(/:\/\/[^\s/"'\\]+/g, (authority) => {
    const end = authority.lastIndexOf('@');
    if (end < 0) return authority;
    const colon = authority.indexOf(':', '://'.length);
    const shown = colon >= 0 && colon < end ? authority.slice(0, colon + 1) : '://';
    return `${shown}***${authority.slice(end)}`;
  });

/** Masks credentials in URLs, and authorization values, anywhere in a text. */
export const maskText = (text: string): string =>
  withoutPasswords(text)
    .replace(/\b(Bearer|Basic) +[A-Za-z0-9._~+/=-]{6,}/gi, `$1 ${REDACTED}`)
    .replace(
      /([?&](?:api[-_]?key|key|token|access_token|password|secret|sig|signature)=)[^&\s"'\\]+/gi,
      `$1${REDACTED}`,
    );

function redactEntries(source: object, depth: number): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(source).slice(0, MAX_ENTRIES)) {
    safe[name] = redactEntry(name, value, depth + 1);
  }
  return safe;
}

function redactEntry(name: string, value: unknown, depth: number): unknown {
  if (value === undefined || value === null) return value;
  if (SECRET_NAME.test(name)) return REDACTED;
  const isText = typeof value === 'string' || typeof value === 'object';
  return isText && CONTENT_NAME.test(name) ? OMITTED : redactValue(value, depth);
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return '[too deep]';
  if (value instanceof Error) return redactError(value, depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map((item) => redactValue(item, depth + 1));
  if (hasToJson(value)) return redactValue(value.toJSON(), depth + 1);
  return redactEntries(value, depth);
}

function redactError(error: Error & { code?: unknown; context?: unknown }, depth: number): Record<string, unknown> {
  return {
    type: error.name,
    code: redactValue(error.code, depth + 1),
    message: error.message,
    stack: error.stack,
    context: redactValue(error.context, depth + 1),
    cause: redactValue(error.cause, depth + 1),
  };
}

const hasToJson = (value: object): value is { toJSON(): unknown } =>
  'toJSON' in value && typeof value.toJSON === 'function';
