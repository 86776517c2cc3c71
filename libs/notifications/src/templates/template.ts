import type { NotificationData } from '@slipstream/contracts';
import { escapeHtml } from '@slipstream/http';

/** Template of a kind of notification. `{{name}}` is replaced by a value; a missing value by nothing. */
export interface Template {
  /** One line. */
  title: string;
  text: string;
  /** The text as HTML; its values are escaped, so they add no markup. Default: made from `text`. */
  html?: string;
}

/** Result of a template. */
export interface Rendered {
  title: string;
  text: string;
  html: string;
}

/** Longer titles are cut, because they become mail subjects. */
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

/** Own properties only: a placeholder named `constructor` is empty. Placeholders within values are not replaced. */
const fill = (template: string, data: NotificationData, escape: (value: string) => string): string =>
  template.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) =>
    Object.hasOwn(data, name) ? escape(String(data[name])) : '',
  );

/** All control characters except line ends and tabs, because a terminal or mail header could interpret them. */
const withoutControls = (value: string): string => value.replace(/[^\P{Cc}\n\t]/gu, '');

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

const paragraphs = (text: string): string =>
  text
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${escapeHtml(paragraph).replaceAll('\n', '<br>')}</p>`)
    .join('\n');
