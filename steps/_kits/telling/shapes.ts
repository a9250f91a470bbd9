/** What is sent, in the shape that each receiver takes. Pure. */
import type { TellMessage, WebhookShape } from '../../../engine/tell.ts';

/** Discord takes 2000 characters, Teams 28 KB; Slack cuts a text of more than 40,000. */
const longest: { readonly [S in WebhookShape]: number } = {
  json: 20_000,
  slack: 20_000,
  teams: 15_000,
  discord: 1_900,
  mattermost: 12_000,
};

const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 4).trimEnd()} ...`;

const originOf = ({ run, step }: TellMessage): string => (step === null ? run : `${run} ${step}`);

const fieldsOf = ({ fields }: TellMessage): readonly (readonly [string, string])[] =>
  Object.entries(fields).map(([name, value]) => [name, String(value)]);

/** What Slack reads as markup of its own, a mention of everybody for one. */
const slackText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Mattermost always links a mention, of a whole channel too; a space without width keeps it a word. */
const mattermostText = (text: string): string => text.replaceAll('@', '@\u200b');

const lines = (
  message: TellMessage,
  escaped: (text: string) => string,
  [bold, faint]: readonly [string, string],
): string =>
  [
    escaped(message.text),
    ...fieldsOf(message).map(([name, value]) => `${bold}${escaped(name)}${bold}: ${escaped(value)}`),
    `${faint}${escaped(originOf(message))}${faint}`,
  ].join('\n');

/** An Adaptive Card, which the workflow "when a webhook request is received" posts; the older card format is retired. */
const adaptiveCard = (message: TellMessage) => {
  const [first = '', ...rest] = cut(message.text, longest.teams).split('\n');
  const block = (text: string, more: object = {}) => ({ type: 'TextBlock', text, wrap: true, ...more });
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            block(first, { weight: 'Bolder' }),
            ...rest.filter((line) => line.trim() !== '').map((line) => block(line, { spacing: 'Small' })),
            ...(Object.keys(message.fields).length > 0
              ? [{ type: 'FactSet', facts: fieldsOf(message).map(([title, value]) => ({ title, value })) }]
              : []),
            block(originOf(message), { isSubtle: true, spacing: 'Small' }),
          ],
        },
      },
    ],
  };
};

const plain = (text: string): string => text;

const bodies: { readonly [S in WebhookShape]: (message: TellMessage) => unknown } = {
  json: ({ id, run, step, text, fields }) => ({ id, run, step, text: cut(text, longest.json), fields }),
  slack: (message) => ({ text: cut(lines(message, slackText, ['*', '_']), longest.slack) }),
  mattermost: (message) => ({
    text: cut(lines(message, mattermostText, ['**', '_']), longest.mattermost),
  }),
  // Nobody is pinged, whatever the text says.
  discord: (message) => ({
    content: cut(lines(message, plain, ['**', '']), longest.discord),
    allowed_mentions: { parse: [] },
  }),
  teams: adaptiveCard,
};

export const webhookBody = (shape: WebhookShape, message: TellMessage): string =>
  JSON.stringify(bodies[shape](message));

export const mailText = (message: TellMessage): string =>
  [
    message.text,
    '',
    ...fieldsOf(message).map(([name, value]) => `${name}: ${value}`),
    message.step === null ? `run: ${message.run}` : `run: ${message.run}, step: ${message.step}`,
    '',
  ].join('\n');
