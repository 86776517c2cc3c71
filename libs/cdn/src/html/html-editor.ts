import { Tokenizer, QuoteType } from 'htmlparser2';
import type { Attribute, Edit, OpenTag } from './open-tag.js';

/** No tool writes longer tags. The rest of such a page stays as it is. */
const MAX_TAG_CHARS = 64 * 1024;
/** A name that is longer belongs to no element of HTML. */
const MAX_NAME_CHARS = 32;

const ignore = (): void => {};
/** All tokens but open tags. */
const IGNORED = {
  onattribentity: ignore,
  oncdata: ignore,
  onclosetag: ignore,
  oncomment: ignore,
  ondeclaration: ignore,
  onend: ignore,
  onprocessinginstruction: ignore,
  ontext: ignore,
  ontextentity: ignore,
};

/**
 * Edits the open tags of a page while it flows: the cost is linear in its size, and no more than one tag is held back.
 * Text, scripts, styles and comments stay as they are, byte for byte.
 *
 * Bytes are read as ISO 8859-1. So every encoding in which ASCII is ASCII remains unchanged, UTF-8 included.
 */
export class HtmlEditor {
  private readonly tokenizer: Tokenizer;
  /** Text that was read and not returned. */
  private held = '';
  /** Position in the page of the begin of `held`. */
  private heldAt = 0;
  private edits: Edit[] = [];
  /** Where the open tag begins that is being read. */
  private tagAt: number | undefined;
  /** Where the last open tag ended. */
  private readUpTo = -1;
  private name = '';
  private nameEnd = 0;
  private attributes: Attribute[] = [];
  private attributeName = '';
  private valueAt: number | undefined;
  private valueEnd = 0;
  private isOn = true;

  /** @param edit the edits of a tag, by position; undefined: the rest of the page stays as it is */
  constructor(private readonly edit: (tag: OpenTag) => readonly Edit[] | undefined) {
    this.tokenizer = new Tokenizer({ decodeEntities: false }, this.callbacks());
  }

  /** @returns the bytes that can be sent; may be empty */
  write(chunk: Buffer): Buffer {
    if (!this.isOn) return chunk;
    const text = chunk.toString('latin1');
    this.held += text;
    this.tokenizer.write(text);
    const end = this.heldAt + this.held.length;
    if (!this.isOn) return this.takeUpTo(end);
    const from = this.tagAt ?? this.possibleTagAt() ?? end;
    if (end - from > MAX_TAG_CHARS) {
      this.isOn = false;
      return this.takeUpTo(end);
    }
    return this.takeUpTo(from);
  }

  /** @returns the rest */
  end(): Buffer {
    return this.takeUpTo(this.heldAt + this.held.length);
  }

  private callbacks(): ConstructorParameters<typeof Tokenizer>[1] {
    return {
      ...IGNORED,
      onopentagname: (start, end) => {
        this.tagAt = start - 1;
        this.name = this.text(start, end).toLowerCase();
        this.nameEnd = end;
        this.attributes = [];
      },
      onattribname: (start, end) => {
        this.attributeName = this.text(start, end).toLowerCase();
        this.valueAt = undefined;
      },
      onattribdata: (start, end) => {
        this.valueAt ??= start;
        this.valueEnd = end;
      },
      onattribend: (quote) => this.endAttribute(quote),
      onopentagend: (end) => this.endTag(end),
      onselfclosingtag: (end) => this.endTag(end),
    };
  }

  private endAttribute(quote: QuoteType): void {
    const { attributeName: name, valueAt: start, valueEnd: end } = this;
    if (start === undefined) this.attributes.push({ name, value: '', start: 0, end: 0, quote: QuoteType.NoValue });
    else this.attributes.push({ name, value: this.text(start, end), start, end, quote });
  }

  private endTag(end: number): void {
    this.tagAt = undefined;
    this.readUpTo = end;
    if (!this.isOn) return;
    const { name, nameEnd, attributes } = this;
    const edits = this.edit({ name, nameEnd, attributes });
    if (edits) this.edits.push(...edits);
    else this.isOn = false;
  }

  /** A part of the held text. */
  private text(start: number, end: number): string {
    return this.held.slice(Math.max(0, start - this.heldAt), end - this.heldAt);
  }

  /** The tokenizer reports a tag when its name has ended. */
  private possibleTagAt(): number | undefined {
    const at = this.held.lastIndexOf('<');
    const isRead = this.heldAt + at <= this.readUpTo;
    return at < 0 || isRead || this.held.length - at > MAX_NAME_CHARS ? undefined : this.heldAt + at;
  }

  private takeUpTo(end: number): Buffer {
    let text = '';
    let at = this.heldAt;
    for (const edit of this.edits) {
      text += this.text(at, edit.start) + edit.text;
      at = edit.end;
    }
    text += this.text(at, end);
    this.edits = [];
    this.held = this.held.slice(end - this.heldAt);
    this.heldAt = end;
    return Buffer.from(text, 'latin1');
  }
}
