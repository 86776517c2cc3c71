import type { NotificationData } from '@slipstream/contracts';
import { escapeHtml } from './escape-html.js';

/** How a kind of notification reads. `{{name}}` is the place of a value; one that is not given leaves nothing. */
export interface Template {
  /** One line. */
  title: string;
  text: string;
  /** The text as HTML; its values are escaped, so they bring no markup. Default: made of `text`. */
  html?: string;
}

/** What a template makes. */
export interface Rendered {
  title: string;
  text: string;
  html: string;
}

/** Longer titles are cut: they become mail subjects. */
const MAX_TITLE_LENGTH = 200;

export function render(template: Template, data: NotificationData): Rendered {
  const text = fill(template.text, data, withoutControls);
  return {
    title: oneLine(fill(template.title, data, withoutControls)).slice(0, MAX_TITLE_LENGTH),
    text,
    html:
      template.html === undefined
        ? paragraphs(text)
        : fill(template.html, data, (value) => escapeHtml(withoutControls(value))),
  };
}

/** Own values only: a place named `constructor` is empty. A value is never looked through for places. */
const fill = (template: string, data: NotificationData, escape: (value: string) => string): string =>
  template.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) =>
    Object.hasOwn(data, name) ? escape(String(data[name])) : '',
  );

/** Everything but line ends and tabs: what a terminal or a mail header could take for a command. */
const withoutControls = (value: string): string => value.replace(/[^\P{Cc}\n\t]/gu, '');

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

const paragraphs = (text: string): string =>
  text
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${escapeHtml(paragraph).replaceAll('\n', '<br>')}</p>`)
    .join('\n');
