import type { Handler } from 'htmlparser2';
import type { Block } from './block.js';
import { Nesting } from './nesting.js';

const LEFT_OUT = new Set(['script', 'style', 'noscript', 'template', 'svg', 'nav', 'head', 'iframe', 'object']);
const HEADINGS = new Set(['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'title']);
/** Elements that do not end the sentence around them. */
const INLINE = new Set(
  (
    'a abbr b bdi bdo cite code data del dfn em font i img input ins kbd label mark q s samp small span strike ' +
    'strong sub sup time tt u var wbr'
  ).split(' '),
);
/** One element may hold a whole book. */
const MAX_BLOCK_CHARS = 16 * 1024;

/**
 * Makes blocks of the events of an HTML parser. It keeps no tree, so that neither depth nor length of a page costs
 * memory.
 */
export class HtmlBlocks implements Partial<Handler> {
  private readonly nesting = new Nesting();
  private text = '';
  private leftOut: { name: string; depth: number } | undefined;
  private row: string[] | undefined;
  private header: string | undefined;
  private isHeaderRow = false;
  private preDepth = 0;

  constructor(private readonly emit: (block: Block) => void) {}

  onopentagname = (name: string): void => {
    this.nesting.open();
    if (this.leftOut) {
      if (name === this.leftOut.name) this.leftOut.depth += 1;
      return;
    }
    if (LEFT_OUT.has(name) && name !== 'head') this.leftOut = { name, depth: 1 };
    if (name === 'pre') this.preDepth += 1;
    if (name === 'br') this.text += '\n';
    if (INLINE.has(name) || name === 'br') return;
    if (name === 'th') this.isHeaderRow = true;
    if (this.row && (name === 'td' || name === 'th')) return this.endCell();
    if (!this.row) this.endBlock('text');
    if (name === 'table') this.header = undefined;
    if (name === 'tr') [this.row, this.isHeaderRow] = [[], false];
  };

  ontext = (text: string): void => {
    if (this.leftOut) return;
    // Line breaks of the source are white space like any other.
    this.text += this.preDepth > 0 ? text : text.replace(/\s+/g, ' ');
    if (this.text.length > MAX_BLOCK_CHARS && !this.row) this.endBlock('text');
  };

  onclosetag = (name: string): void => {
    this.nesting.close();
    if (this.leftOut) {
      if (name === this.leftOut.name && --this.leftOut.depth === 0) this.leftOut = undefined;
      return;
    }
    if (name === 'pre') this.preDepth = Math.max(0, this.preDepth - 1);
    if (INLINE.has(name) || name === 'br') return;
    if (name === 'tr' && this.row) return this.endRow();
    if (this.row) this.text += ' ';
    else this.endBlock(HEADINGS.has(name) ? 'heading' : 'text');
  };

  onend = (): void => {
    if (this.row) this.endRow();
    this.endBlock('text');
  };

  private endBlock(type: 'heading' | 'text'): void {
    const text = this.takeText();
    if (text !== '') this.emit({ type, text });
  }

  private endCell(): void {
    const text = this.takeText();
    if (text !== '') this.row?.push(text);
  }

  private endRow(): void {
    this.endCell();
    const text = this.row?.join(' | ') ?? '';
    this.row = undefined;
    if (text === '') return;
    if (this.isHeaderRow && this.header === undefined) this.header = text;
    this.emit({ type: 'row', text, ...(this.header !== undefined && this.header !== text && { header: this.header }) });
  }

  private takeText(): string {
    const text = this.text
      .replace(/[^\S\n]+/g, ' ')
      .replace(/ ?\n ?/g, '\n')
      .trim();
    this.text = '';
    return text;
  }
}
