/** What is sent, in each format. Pure. */
import type { NotifyInput } from './step.ts';

export interface Origin {
  /** The same for every attempt: a receiver can tell a repeated notification by it. */
  readonly id: string;
  readonly run: string;
  readonly step: string;
}

/** What Slack reads as markup of its own, a mention of everybody for one. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export const webhookBody = ({ webhook, text, fields }: NotifyInput, origin: Origin): string => {
  if (webhook?.format !== 'slack') return JSON.stringify({ ...origin, text, fields });
  const lines = Object.entries(fields).map(
    ([name, value]) => `*${escaped(name)}*: ${escaped(String(value))}`,
  );
  return JSON.stringify({
    text: [escaped(text), ...lines, `_${escaped(`${origin.run} ${origin.step}`)}_`].join('\n'),
  });
};

export const mailText = ({ text, fields }: NotifyInput, { run, step }: Origin): string =>
  [
    text,
    '',
    ...Object.entries(fields).map(([name, value]) => `${name}: ${String(value)}`),
    `run: ${run}, step: ${step}`,
    '',
  ].join('\n');
