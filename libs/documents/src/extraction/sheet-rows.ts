import type { XmlHandler } from './xml-events.js';

/** Cells of one row that are read; further ones are left out. */
const MAX_CELLS = 1_000;
const VALUES = new Set(['v', 't']);

/** Reads the rows of a sheet; empty ones cost nothing. */
export class SheetRows implements XmlHandler {
  private cells: string[] = [];
  private type = '';
  private value = '';
  private isValue = false;

  /** @param strings the shared strings of the workbook */
  constructor(
    private readonly strings: readonly string[],
    private readonly emit: (row: string) => void,
  ) {}

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'row') this.cells = [];
    if (name === 'c') [this.type, this.value] = [attributes.t ?? 'n', ''];
    if (VALUES.has(name)) this.isValue = true;
  }

  text(text: string): void {
    if (this.isValue) this.value += text;
  }

  close(name: string): void {
    if (VALUES.has(name)) this.isValue = false;
    if (name === 'c') this.endCell();
    if (name === 'row' && this.cells.length > 0) this.emit(this.cells.join(' | '));
  }

  private endCell(): void {
    const text = (this.type === 's' ? (this.strings[Number(this.value)] ?? '') : this.value).trim();
    if (text !== '' && this.cells.length < MAX_CELLS) this.cells.push(text);
  }
}
