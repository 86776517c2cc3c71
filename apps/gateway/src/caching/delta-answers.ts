import type { AssetOptimizer, DeltaCoding, ReleaseDictionaries } from '@slipstream/assets';
import type { AnswerDeltas, Fields } from '@slipstream/http-cache';
import { codingOf, recodedAnswer, type WholeAnswer } from './recoded-answer.js';

type Delta =
  | { readonly type: 'making' }
  /** It failed, or is not smaller than the stored answer. */
  | { readonly type: 'none' }
  | { readonly type: 'made'; readonly body: Buffer };

interface Entry {
  readonly answeredAt: number;
  readonly delta: Delta;
}

/** A file that clients get in whole. `answeredAt` distinguishes its versions. */
type WholeFile = WholeAnswer & { readonly answeredAt: number };

const MAX_BYTES = 32 * 1024 * 1024;
/** Bookkeeping of one entry; an entry without a body counts, too. */
const ENTRY_BYTES = 512;
/** RFC 9842 section 2.2: a byte sequence of 32 bytes. */
const AVAILABLE = /^:([A-Za-z0-9+/]{43}=):$/;
const SHORT_DIGEST = 16;

/**
 * Sends files that never change as their difference to a dictionary that the browser has (RFC 9842). The whole file is
 * sent until its difference is made. A browser without a dictionary of ours is not affected.
 */
export class DeltaAnswers implements AnswerDeltas {
  readonly field = 'Available-Dictionary';
  /** The entry that was used last is the last one. */
  private readonly entries = new Map<string, Entry>();
  private bytes = 0;
  private readonly sent: Record<DeltaCoding, number> = { dcb: 0, dcz: 0 };
  private saved = 0;

  constructor(
    private readonly optimizer: Pick<AssetOptimizer, 'delta'>,
    private readonly dictionaries: Pick<ReleaseDictionaries, 'find'>,
    private readonly maxBytes = MAX_BYTES,
  ) {}

  /** Answers that were sent as a difference, and the bytes that this saved. */
  get counts(): { readonly answers: Readonly<Record<DeltaCoding, number>>; readonly savedBytes: number } {
    return { answers: this.sent, savedBytes: this.saved };
  }

  select<File extends WholeFile>(key: string, stored: File, fields: Fields): File | undefined {
    const offered = fields.get('available-dictionary');
    if (offered === undefined || stored.statusCode !== 200 || fields.has('range')) return undefined;
    const to = acceptedDelta(fields.get('accept-encoding'));
    const digest = digestIn(offered);
    if (!to || digest === undefined || !this.dictionaries.find(digest)) return undefined;
    const name = `${to} ${digest} ${key}`;
    const known = this.entries.get(name);
    if (known?.answeredAt !== stored.answeredAt) void this.make(name, stored, digest, to);
    else if (known.delta.type === 'made') return this.answer(name, known, known.delta.body, stored, digest, to);
    return undefined;
  }

  private answer<File extends WholeFile>(
    name: string,
    entry: Entry,
    body: Buffer,
    stored: File,
    digest: string,
    to: DeltaCoding,
  ): File {
    this.entries.delete(name);
    this.entries.set(name, entry);
    this.sent[to] += 1;
    this.saved += stored.body.length - body.length;
    return recodedAnswer(stored, { body, coding: to, mark: `${to}.${digest.slice(0, SHORT_DIGEST)}` });
  }

  private async make(name: string, stored: WholeFile, digest: string, to: DeltaCoding): Promise<void> {
    const { answeredAt, body } = stored;
    const from = codingOf(stored);
    if (from === 'unknown') return;
    this.put(name, { answeredAt, delta: { type: 'making' } });
    const made = await this.optimizer.delta({ bytes: body, from }, digest, to);
    const isSmaller = made !== undefined && made.bytes.length < body.length;
    this.put(name, { answeredAt, delta: isSmaller ? { type: 'made', body: made.bytes } : { type: 'none' } });
  }

  private put(name: string, entry: Entry): void {
    this.remove(name);
    this.entries.set(name, entry);
    this.bytes += bytesOf(entry);
    for (const oldest of this.entries.keys()) {
      if (this.bytes <= this.maxBytes) return;
      this.remove(oldest);
    }
  }

  private remove(name: string): void {
    const entry = this.entries.get(name);
    if (!entry) return;
    this.entries.delete(name);
    this.bytes -= bytesOf(entry);
  }
}

const bytesOf = ({ delta }: Entry): number => ENTRY_BYTES + (delta.type === 'made' ? delta.body.length : 0);

/** Zstandard finds the matches in a large dictionary in less time. */
function acceptedDelta(acceptEncoding = ''): DeltaCoding | undefined {
  const codings = acceptEncoding.split(',').map((coding) => coding.trim().toLowerCase());
  if (codings.includes('dcz')) return 'dcz';
  return codings.includes('dcb') ? 'dcb' : undefined;
}

function digestIn(offered: string): string | undefined {
  const [, base64] = AVAILABLE.exec(offered.trim()) ?? [];
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString('hex');
}
