import { MAX_JSON_DEPTH, NONE_WANTED, type JsonScan, type JsonScanOptions, type WantedMembers } from './json-scan.js';
import {
  BACKSLASH,
  CLOSE,
  CLOSE_ARRAY,
  COLON,
  COMMA,
  ESCAPED,
  MINUS,
  OPEN,
  OPEN_ARRAY,
  QUOTE,
  WHOLE_NUMBER,
  WORDS,
  ZERO,
  isBetween,
  isDigit,
  isHex,
  isSpace,
  numberAfter,
  plainEnd,
  type State,
} from './json-states.js';

/**
 * Reads JSON (RFC 8259) from pieces of any size without building objects. Finds members of the outermost object, and
 * rejects text that JSON.parse rejects. It takes one step per byte, and its memory does not grow with the text.
 */
export class JsonScanner {
  private state: State = 'value';
  /** Whether the container at each depth is an object. */
  private readonly isObject: boolean[] = [false];
  private depth = 0;
  private values = 0;
  private isName = false;
  private isOutermostObject = false;
  private word = '';
  /** Characters read so far of a word, or of four hex digits. */
  private count = 0;
  /** The token being kept, as Latin-1; undefined if no token is kept, or it has become too long. */
  private kept?: string;
  /** The wanted member whose value comes next. */
  private member?: string;
  /** Values as they were written. */
  private readonly members = new Map<string, string>();
  private readonly wanted: WantedMembers;
  private readonly maxValueBytes: number;
  private readonly maxValues: number;

  constructor({ wanted = NONE_WANTED, maxValueBytes = 1024, maxValues = Infinity }: JsonScanOptions = {}) {
    this.wanted = wanted;
    this.maxValueBytes = maxValueBytes;
    this.maxValues = maxValues;
  }

  feed(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at++) {
      const { state } = this;
      if (state === 'string') at = this.skipPlain(bytes, at);
      else if (state === 'invalid' || state === 'too-deep' || state === 'too-many-values') return;
      if (at < bytes.length) this.step(bytes[at] as number);
    }
  }

  /** To be called once, after the last byte. */
  end(): JsonScan {
    if (WHOLE_NUMBER.has(this.state)) this.endValue();
    const { state } = this;
    if (state === 'too-deep' || state === 'too-many-values') return { type: state };
    if (state !== 'after' || this.depth > 0) return { type: 'invalid' };
    return this.isOutermostObject
      ? { type: 'object', members: new Map([...this.members].map(([name, token]) => [name, parsed(token)])) }
      : { type: 'other' };
  }

  private step(byte: number): void {
    switch (this.state) {
      case 'string':
        return this.inString(byte);
      case 'escape':
        return this.inEscape(byte);
      case 'hex':
        return this.go(isHex(byte) ? (++this.count === 4 ? 'string' : 'hex') : 'invalid', byte);
      case 'word':
        if (byte !== this.word.charCodeAt(this.count++)) return this.go('invalid', byte);
        this.keep(byte);
        return this.count === this.word.length ? this.endValue() : undefined;
      default:
        if (!isBetween(this.state)) return this.inNumber(byte);
        return isSpace(byte) ? undefined : this.between(byte);
    }
  }

  private between(byte: number): void {
    const { state } = this;
    const isInObject = this.isObject[this.depth] === true;
    if (state === 'value' || state === 'value-or-end') {
      if (byte === CLOSE_ARRAY && state === 'value-or-end') this.close();
      else this.beginValue(byte);
    } else if (state === 'name' || state === 'name-or-end') {
      if (byte === CLOSE && state === 'name-or-end') this.close();
      else if (byte === QUOTE) this.beginString(true);
      else this.state = 'invalid';
    } else if (state === 'colon') this.state = byte === COLON ? 'value' : 'invalid';
    else if (this.depth === 0) this.state = 'invalid';
    else if (byte === COMMA) this.state = isInObject ? 'name' : 'value';
    else if (byte === (isInObject ? CLOSE : CLOSE_ARRAY)) this.close();
    else this.state = 'invalid';
  }

  private beginValue(byte: number): void {
    if (byte === QUOTE) return this.beginString(false);
    if (byte === OPEN || byte === OPEN_ARRAY) return this.open(byte === OPEN);
    if (!this.counts()) return;
    this.kept = this.member === undefined ? undefined : '';
    this.word = WORDS.get(byte) ?? '';
    this.count = 1;
    if (this.word !== '') this.go('word', byte);
    else this.go(byte === MINUS ? 'minus' : byte === ZERO ? 'zero' : isDigit(byte) ? 'digits' : 'invalid', byte);
  }

  private beginString(isName: boolean): void {
    if (!this.counts()) return;
    this.isName = isName;
    this.kept = (isName ? this.depth === 1 && this.wanted.names.size > 0 : this.member !== undefined) ? '' : undefined;
    this.go('string', QUOTE as number);
  }

  /** Most of a body is text, or an image as text. @returns the end of its plain bytes */
  private skipPlain(bytes: Buffer, from: number): number {
    const end = plainEnd(bytes, from);
    if (this.kept === undefined || end === from) return end;
    const length = this.kept.length + end - from;
    // Unwanted names, of which there may be a million, do not become strings.
    const isOther = this.isName && this.kept === '"' && bytes[end] === QUOTE && !this.wanted.lengths.has(end - from);
    this.kept = isOther || length > this.maxValueBytes ? undefined : this.kept + bytes.toString('latin1', from, end);
    return end;
  }

  private inString(byte: number): void {
    if (byte === QUOTE) {
      this.keep(byte);
      if (this.isName) this.endName();
      else this.endValue();
    } else this.go(byte === BACKSLASH ? 'escape' : byte < 0x20 ? 'invalid' : 'string', byte);
  }

  private inEscape(byte: number): void {
    this.count = 0;
    this.go(ESCAPED.has(byte) ? 'string' : byte === 0x75 ? 'hex' : 'invalid', byte); // u
  }

  private inNumber(byte: number): void {
    const next = numberAfter(this.state, byte);
    if (next !== undefined) return this.go(next, byte);
    if (!WHOLE_NUMBER.has(this.state)) return void (this.state = 'invalid');
    this.endValue();
    this.step(byte);
  }

  private open(isObject: boolean): void {
    if (!this.counts()) return;
    if (this.depth === MAX_JSON_DEPTH) return void (this.state = 'too-deep');
    if (this.depth === 0) this.isOutermostObject = isObject;
    this.forget();
    this.depth += 1;
    this.isObject[this.depth] = isObject;
    this.state = isObject ? 'name-or-end' : 'value-or-end';
  }

  private close(): void {
    this.depth -= 1;
    this.state = 'after';
  }

  private counts(): boolean {
    this.values += 1;
    if (this.values > this.maxValues) this.state = 'too-many-values';
    return this.values <= this.maxValues;
  }

  private endName(): void {
    const { kept = '' } = this;
    const name = kept.includes('\\') ? String(parsed(kept)) : kept.slice(1, -1);
    this.member = this.wanted.names.has(name) ? name : undefined;
    this.kept = undefined;
    this.state = 'colon';
  }

  private endValue(): void {
    const { member, kept } = this;
    if (member === undefined || kept === undefined) this.forget();
    else this.members.set(member, kept);
    this.member = this.kept = undefined;
    this.state = 'after';
  }

  /** Drops an earlier value of the wanted member. */
  private forget(): void {
    if (this.member !== undefined) this.members.delete(this.member);
    this.member = this.kept = undefined;
  }

  private go(state: State, byte: number): void {
    this.state = state;
    this.keep(byte);
  }

  private keep(byte: number): void {
    if (this.kept !== undefined)
      this.kept = this.kept.length < this.maxValueBytes ? this.kept + String.fromCharCode(byte) : undefined;
  }
}

/** @param token valid JSON */
const parsed = (token: string): string | number | boolean | null =>
  JSON.parse(Buffer.from(token, 'latin1').toString('utf8')) as string | number | boolean | null;
