/** SVG as text: whatever a runbook contains, it stays text and never becomes an element or an attribute. */
import { clean } from '../../words/format.ts';

declare const markup: unique symbol;
/** Elements, or escaped text. */
export type Markup = string & { readonly [markup]: true };

const entities: { readonly [letter: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** What XML 1.0 cannot hold, beside what `clean` removes: half a letter, and two code points that are none. */
const noLetters = /[\ud800-\udfff\ufffe\uffff]/gu;

const escaped = (raw: string): string =>
  clean(raw)
    .replace(noLetters, '')
    .replace(/[&<>"']/g, (letter) => entities[letter] ?? letter);

export const text = (raw: string): Markup => escaped(raw) as Markup;

export const all = (parts: readonly Markup[]): Markup => parts.join('') as Markup;

type Attributes = { readonly [name: string]: string | number | undefined };

const number = (value: number): string => String(Math.round(value * 100) / 100);

export const element = (name: string, attributes: Attributes, ...children: readonly Markup[]): Markup => {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${typeof value === 'number' ? number(value) : escaped(value)}"`],
  );
  const inner = children.join('');
  const open = `<${name}${written.join('')}`;
  return (inner === '' ? `${open}/>` : `${open}>${inner}</${name}>`) as Markup;
};
