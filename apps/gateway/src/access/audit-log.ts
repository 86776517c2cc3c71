import type { AuditEntry } from '@slipstream/contracts';
import type { ProcessGroup } from '@slipstream/runtime';
import { redact, shortCopy, withoutPasswords, type Logger } from '@slipstream/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { findPrincipal } from '../http/known-principal.js';

const TOPIC = 'audit';
/** Entries that each process keeps. */
const MAX_ENTRIES = 1000;
/** Characters of a path, and of a change. */
const MAX_TEXT_CHARS = 500;
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Logs each change that an admin requests, and keeps the last thousand. */
export class AuditLog {
  private readonly entries: AuditEntry[] = [];

  constructor(
    private readonly group: Pick<ProcessGroup, 'gather' | 'onGather'>,
    private readonly logger: Pick<Logger, 'info'>,
  ) {
    group.onGather(TOPIC, () => this.entries);
  }

  /** Records the changes that this server answers. Called before it listens. */
  watch(fastify: Pick<FastifyInstance, 'addHook'>): void {
    fastify.addHook('onResponse', async (request: FastifyRequest, reply: FastifyReply) => {
      const principal = findPrincipal(request.raw);
      if (principal && !READS.has(request.method)) this.add(entryOf(request, reply.statusCode, principal.keyId));
    });
  }

  /** The last thousand of all processes of this gateway, latest first. */
  async list(): Promise<AuditEntry[]> {
    const { answers } = await this.group.gather(TOPIC);
    return (answers as AuditEntry[][])
      .flat()
      .reverse()
      .sort((a, b) => b.at.localeCompare(a.at))
      .slice(0, MAX_ENTRIES);
  }

  private add(entry: AuditEntry): void {
    if (this.entries.push(entry) > MAX_ENTRIES) this.entries.shift();
    const { key, method, path, status, requestId } = entry;
    const text = `admin change: ${method} ${path} by key ${key}, answered with ${status}`;
    this.logger.info({ audit: { ...entry, key: undefined, keyId: key }, requestId }, text); // `key` would be redacted
  }
}

function entryOf({ raw, method, url, body, id }: FastifyRequest, status: number, key: string): AuditEntry {
  const change = changeOf(body);
  return {
    at: new Date().toISOString(),
    key,
    client: raw.socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/i, '') ?? 'unknown',
    method,
    path: shortCopy(url.split('?', 1)[0]!, MAX_TEXT_CHARS),
    status,
    requestId: id,
    ...(change !== undefined && { change }),
  };
}

function changeOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  return shortCopy(withoutPasswords(JSON.stringify(redact(body))), MAX_TEXT_CHARS);
}
