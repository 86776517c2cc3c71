import type { NotificationData } from '@slipstream/contracts';
import { render, type Rendered, type Template } from './template.js';

/** The kinds that Slipstream itself sends, and `message` with the sender's own text. */
const BUILT_IN: Readonly<Record<string, Template>> = {
  message: { title: '{{title}}', text: '{{text}}' },
  'chat.completed': { title: 'Your answer is ready', text: 'The answer to your message in "{{chat}}" is ready.' },
  'chat.failed': {
    title: 'Your answer failed',
    text: 'The answer to your message in "{{chat}}" failed ({{code}}). The part that was received is kept.',
  },
};

/** The templates of a deployment: its own, then the built-in ones. */
export class Templates {
  private readonly byKind: ReadonlyMap<string, Template>;

  /** @param own by kind; they replace built-in ones of the same kind */
  constructor(own: Readonly<Record<string, Template>> = {}) {
    this.byKind = new Map([...Object.entries(BUILT_IN), ...Object.entries(own)]);
  }

  has(kind: string): boolean {
    return this.byKind.has(kind);
  }

  /** @returns the rendered texts; those of `message` for a kind without a template */
  render(kind: string, data: NotificationData): Rendered {
    return render(this.byKind.get(kind) ?? BUILT_IN.message!, data);
  }
}
