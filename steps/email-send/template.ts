/** `{{ column }}` and nothing else: no logic belongs into a mail that goes out at night. Pure. */

const placeholder = /\{\{\s*([^{}]*?)\s*\}\}/g;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (char) => entities[char] ?? char);

type Columns = Readonly<Record<string, string>>;

const filled = (template: string, columns: Columns, write: (value: string) => string): string =>
  template.replaceAll(placeholder, (_, name: string) => write(columns[name] ?? ''));

export const fillText = (template: string, columns: Columns): string =>
  filled(template, columns, (value) => value);

export const fillHtml = (template: string, columns: Columns): string => filled(template, columns, escaped);

/** A line break in a name must not begin a header of its own. */
export const fillLine = (template: string, columns: Columns): string =>
  filled(template, columns, (value) => value.replaceAll(/[\r\n]+/g, ' '));

/** The columns that a text needs. */
export const columnsOf = (template: string): readonly string[] =>
  [...template.matchAll(placeholder)].map(([, name = '']) => name);
