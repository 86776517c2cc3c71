import { ERROR_GROUPS } from '@slipstream/contracts';

const HEAD = `# Errors

Every error has a stable \`code\`. The native and the admin API answer with a problem document (RFC 9457), \`/v1\` in OpenAI's shape:

\`\`\`json
{ "type": "about:blank", "title": "Not found", "status": 404, "code": "chat_not_found", "detail": "There is no chat 'c1'.", "requestId": "…" }
{ "error": { "message": "There is no model 'x' here …", "type": "invalid_request_error", "param": "model", "code": "model_not_found" } }
\`\`\`

*Retry* means that the same call may succeed later without being changed; \`Retry-After\` says when, if that is known. An error without a
status is never answered over HTTP: it ends a job or a delivery, or it stays within the process. This page is made from the error table
(\`npm run errors:docs\`), which is in \`libs/contracts/src/errors/error-table.ts\`. A new error is one line there; the compiler refuses a code
that the table does not have.
`;

const row = ([code, { status = '', message, isRetryable }]) =>
  `| \`${code}\` | ${status} | ${isRetryable ? 'yes' : ''} | ${message} |`;

const sectionOf = ([title, entries]) =>
  [
    `## ${title}`,
    '',
    '| code | status | retry | |',
    '| --- | --- | --- | --- |',
    ...Object.entries(entries).map(row),
    '',
  ].join('\n');

/** `docs/errors.md`: every error, group by group, in Markdown. */
export const errorReference = () => [HEAD, ...Object.entries(ERROR_GROUPS).map(sectionOf)].join('\n');
