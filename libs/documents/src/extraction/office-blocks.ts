import type { Block } from './block.js';
import type { XmlHandler } from './xml-events.js';

/** Names of the elements that make up the text of one office format. */
export interface OfficeElements {
  paragraph: readonly string[];
  /** Elements whose own text counts; absent: all text within paragraphs. */
  text?: readonly string[];
  row: string;
  cell: string;
  table: string;
  /** Elements that stand for white space. */
  space: Readonly<Record<string, string>>;
  /** Elements that are left out with all in them. */
  leftOut: readonly string[];
  /** Whether the element makes the paragraph around it, or itself, a heading. */
  isHeading(name: string, attributes: Readonly<Record<string, string>>): boolean;
}

/** Makes blocks of the XML of an office file. */
export class OfficeBlocks implements XmlHandler {
  private content = '';
  private isHeading = false;
  private inText = 0;
  private leftOut = 0;
  private readonly tables: { header?: string; cells?: string[] }[] = [];

  /** @param page set on each block, where the format has pages */
  constructor(
    private readonly elements: OfficeElements,
    private readonly emit: (block: Block) => void,
    private readonly page?: number,
  ) {}

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    const { elements } = this;
    if (elements.leftOut.includes(name)) this.leftOut += 1;
    if (this.leftOut > 0) return;
    if (elements.paragraph.includes(name)) this.isHeading = false;
    if (elements.isHeading(name, attributes)) this.isHeading = true;
    this.content += elements.space[name] ?? '';
    if (elements.text?.includes(name)) this.inText += 1;
    if (name === elements.table) this.tables.push({});
    if (name === elements.row && this.tables.length > 0) this.tables.at(-1)!.cells = [];
  }

  text(text: string): void {
    if (this.leftOut === 0 && (this.elements.text === undefined || this.inText > 0)) this.content += text;
  }

  close(name: string): void {
    const { elements } = this;
    if (elements.leftOut.includes(name)) {
      this.leftOut -= 1;
      return;
    }
    if (this.leftOut > 0) return;
    if (elements.text?.includes(name)) this.inText -= 1;
    const table = this.tables.at(-1);
    if (elements.paragraph.includes(name)) {
      if (table?.cells) this.content += ' ';
      else this.endParagraph();
    } else if (name === elements.cell && table?.cells) table.cells.push(this.takeText());
    else if (name === elements.row && table) this.endRow(table);
    else if (name === elements.table) this.tables.pop();
  }

  private endParagraph(): void {
    const text = this.takeText();
    if (text !== '') this.emit({ type: this.isHeading ? 'heading' : 'text', text, ...this.place() });
  }

  private endRow(table: { header?: string; cells?: string[] }): void {
    const text = (table.cells ?? []).filter((cell) => cell !== '').join(' | ');
    table.cells = undefined;
    if (text === '') return;
    this.emit({ type: 'row', text, ...(table.header !== undefined && { header: table.header }), ...this.place() });
    table.header ??= text;
  }

  private takeText(): string {
    const text = this.content.replace(/[^\S\n]+/g, ' ').trim();
    this.content = '';
    return text;
  }

  private place(): { page?: number } {
    return this.page === undefined ? {} : { page: this.page };
  }
}
