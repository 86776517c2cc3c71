import { ERROR_GROUPS } from '@slipstream/contracts';

const HEAD = `# Errors

Every error has a stable \`code\`. The native and the admin API answer with a problem document (RFC 9457), \`/v1\` in
OpenAI's shape:

\`\`\`json
{ "type": "about:blank", "title": "Not found", "status": 404, "code": "chat_not_found",
  "detail": "The chat 'c1' does not exist.", "requestId": "…" }
{ "error": { "message": "No model server has …", "type": "invalid_request_error", "param": "model",
  "code": "model_not_found" } }
\`\`\`

*Retry* means that the same call may succeed later unchanged; \`Retry-After\` contains the delay, if it is known. An
error without a status is never sent over HTTP: it ends a job or a delivery, or stays within the process.

This page is generated from \`libs/contracts/src/errors/table/\` (\`npm run errors:docs\`). A new error is one
line there; the compiler rejects other codes.
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
