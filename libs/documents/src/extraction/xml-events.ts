import { Parser } from 'htmlparser2';
import { Nesting } from './nesting.js';

/** Receives the events of an XML file, in order. */
export interface XmlHandler {
  /** @param name with its prefix, such as `w:p` */
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/**
 * Reads XML as a stream: no tree, no declared entities, no external files. Yields after each piece.
 * @param content the XML in pieces
 */
export async function* readXml(
  content: AsyncIterable<string>,
  handler: XmlHandler,
): AsyncGenerator<undefined, void, void> {
  const nesting = new Nesting();
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        nesting.open();
        handler.open?.(name, attributes);
      },
      ontext: (text) => handler.text?.(text),
      onclosetag(name) {
        nesting.close();
        handler.close?.(name);
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  for await (const piece of content) {
    parser.write(piece);
    yield undefined;
  }
  parser.end();
}

/** Reads all of it. */
export async function readAllXml(content: AsyncIterable<string>, handler: XmlHandler): Promise<void> {
  const events = readXml(content, handler);
  while (!(await events.next()).done);
}
