/** What each receiver is sent; whatever a text says, it mentions nobody. */
import { expect, test } from 'vitest';
import { type TellMessage, type WebhookShape, webhookShapes } from '../../../../engine/tell.ts';
import { mailText, webhookBody } from '../../../../steps/_kits/telling/shapes.ts';

const message: TellMessage = {
  id: 'r1/chat#7',
  run: 'r1',
  step: 'freeze',
  text: 'cutover: HELD at freeze: <!channel> @channel & *bold*\nrunbook resume r1 --retry freeze',
  fields: {},
};

const body = (shape: WebhookShape, over: Partial<TellMessage> = {}) =>
  JSON.parse(webhookBody(shape, { ...message, ...over }));

test('json carries the message as it is', () => {
  expect(body('json')).toEqual(message);
});

test('Slack reads no markup in a text', () => {
  expect(body('slack')).toEqual({
    text: 'cutover: HELD at freeze: &lt;!channel&gt; @channel &amp; *bold*\nrunbook resume r1 --retry freeze\n_r1 freeze_',
  });
});

test('Mattermost links no mention', () => {
  expect(body('mattermost').text).toContain('@\u200bchannel');
});

test('Discord is told to ping nobody', () => {
  expect(body('discord')).toEqual({
    content: `${message.text}\nr1 freeze`,
    allowed_mentions: { parse: [] },
  });
});

test('Teams gets an Adaptive Card, a block for each line', () => {
  const { type, attachments } = body('teams', { fields: { rows: 3 } });
  expect(type).toBe('message');
  expect(attachments).toHaveLength(1);
  expect(attachments[0].contentType).toBe('application/vnd.microsoft.card.adaptive');
  const { body: blocks, ...card } = attachments[0].content;
  expect(card).toEqual({
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
  });
  expect(blocks.map(({ text, facts }: { text?: string; facts?: unknown }) => text ?? facts)).toEqual([
    'cutover: HELD at freeze: <!channel> @channel & *bold*',
    'runbook resume r1 --retry freeze',
    [{ title: 'rows', value: '3' }],
    'r1 freeze',
  ]);
});

test.each(webhookShapes)('%s: a text that is too long is cut', (shape) => {
  const long = webhookBody(shape, { ...message, text: 'x'.repeat(50_000) });
  expect(long.length).toBeLessThan(shape === 'discord' ? 2_000 : 25_000);
  expect(long).toContain(' ...');
});

test('a mail is the text, and says which run it is', () => {
  expect(mailText({ ...message, step: null })).toBe(`${message.text}\n\nrun: r1\n`);
});
