import type { DocumentProcess } from '@slipstream/contracts';
import { HandlesMessages, type MessageHandler } from '@slipstream/rabbitmq/nest';
import { DocumentTurns } from './document-turns.js';

/** A wake-up from document_queue. The message only names the document; its work is in the database. */
@HandlesMessages('document.process')
export class DocumentProcessHandler implements MessageHandler<'document.process'> {
  constructor(private readonly turns: DocumentTurns) {}

  async handle({ documentId }: DocumentProcess): Promise<void> {
    await this.turns.work(documentId);
  }
}
