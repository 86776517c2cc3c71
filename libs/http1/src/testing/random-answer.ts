/** Numbers from 0 to below 1 that are the same for the same seed (mulberry32). */
const FRAMING_LINES = [
  'Content-Length: 3',
  'Content-Length: 03',
  'Content-Length: +3',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: chunked, chunked',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding: chunked\t',
  'Content-Length: 3 ',
  ' folded',
  'Content-Length: 3, 3',
];

export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Bytes that an origin might send, valid or not. */
export class RandomAnswer {
  constructor(private readonly random: () => number) {}

  /** Returns an answer. Two of three are then changed in one place or more. */
  next(): string {
    const text = this.wellFormed();
    const changes = this.pick([0, 1, 1, 1, 2, 4]);
    return Array.from({ length: changes }).reduce<string>((changed) => this.changed(changed), text);
  }

  /** Positions at which a text is cut into pieces. */
  ends(length: number): number[] {
    return Array.from({ length: this.below(4) }, () => this.below(length + 1)).sort((a, b) => a - b);
  }

  private wellFormed(): string {
    const status = this.pick([200, 200, 200, 200, 201, 204, 206, 304, 404, 503, 999]);
    const body = 'the quick brown fox\r\njumps: over\r\n\r\n0\r\n\r\n'.slice(0, this.below(40));
    const fields = Array.from({ length: this.below(4) }, () => this.field());
    const [framing, content] = this.framed(body);
    const interim = this.chance(0.1)
      ? `HTTP/1.1 ${this.pick([100, 102, 103])} Wait\r\n${this.chance(0.5) ? `${this.field()}\r\n` : ''}\r\n`
      : '';
    const head = [...fields, ...framing]
      .sort(() => this.random() - 0.5)
      .map((field) => `${field}\r\n`)
      .join('');
    return (
      `${interim}HTTP/1.${this.chance(0.05) ? 0 : 1} ${status} ` +
      `${this.pick(['OK', 'Not Found', '', 'Gr\xfc\xdfe'])}\r\n` +
      `${head}\r\n${status === 204 || status === 304 ? '' : content}`
    );
  }

  private framed(body: string): [fields: string[], content: string] {
    const kind = this.random();
    if (kind < 0.45) return [[`${this.cased('Content-Length')}: ${body.length}`], body];
    if (kind < 0.9) return [[`${this.cased('Transfer-Encoding')}: ${this.cased('chunked')}`], this.chunked(body)];
    return [[], body];
  }

  private chunked(body: string): string {
    let text = '';
    for (let at = 0; at < body.length;) {
      const size = Math.min(body.length - at, 1 + this.below(9));
      const extension = this.pick(['', '', '', ';a', ';a=b', ';a="b;c"', ';a=b;c=d']);
      text += `${this.pick(['', '', '0', '00'])}${size.toString(16)}${extension}\r\n${body.slice(at, at + size)}\r\n`;
      at += size;
    }
    return `${text}0\r\n${this.chance(0.2) ? `${this.field()}\r\n` : ''}\r\n`;
  }

  private field(): string {
    return this.pick([
      'Server: x',
      'Connection: close',
      'Connection: keep-alive',
      'Keep-Alive: timeout=5',
      'X:',
      'X:  spaced \t',
      'X-Y: caf\xe9',
      'Set-Cookie: a=b; Path=/',
      'Vary: *',
      'Date: x',
      'ETag: "x"',
      'Upgrade: h2c',
      'Trailer: x',
    ]);
  }

  private changed(text: string): string {
    const at = this.below(text.length + 1);
    const bytes = this.pick([
      '\r',
      '\n',
      '\r\n',
      '\0',
      ' ',
      '\t',
      ':',
      ';',
      '0',
      '1',
      '9',
      'f',
      'x',
      '\x0b',
      '\x7f',
      '\x80',
      '"',
      ',',
      '-',
      '+',
      'HTTP/1.1 200 OK\r\n\r\n',
    ]);
    const line = this.pick(text.split('\r\n'));
    return this.pick([
      () => text.slice(0, at) + bytes + text.slice(at),
      () => text.slice(0, at) + bytes + text.slice(at + 1),
      () => text.slice(0, at) + text.slice(at + 1),
      () => text.slice(0, at),
      () => text + bytes,
      () => text.replace('\r\n', `\r\n${line}\r\n`),
      () => text.replace('\r\n', `\r\n${this.pick(FRAMING_LINES)}\r\n`),
      () => text.replace(/\r\n/, '\n'),
      () => text.replace(/\r\n\r\n/, '\n\n'),
    ])();
  }

  private cased(text: string): string {
    return this.pick([text, text, text.toLowerCase(), text.toUpperCase()]);
  }

  private pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  private below(end: number): number {
    return Math.floor(this.random() * end);
  }

  private chance(of: number): boolean {
    return this.random() < of;
  }
}
