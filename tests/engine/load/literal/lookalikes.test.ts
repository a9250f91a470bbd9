/** What is taken for an expression that lacks its `$`, and what is offered instead. */
import { expect, test } from 'vitest';
import { lookalikesIn } from '../../../../engine/load/literal/lookalikes.ts';

const names = { vars: ['domain'], isDeclared: () => false };
const offered = (text: string, verbatim = false) =>
  lookalikesIn(text, names, verbatim).map(({ write }) => write);

test.each([
  ['{{ vars.x }}', '${{ vars.x }}'],
  ['{{- vars.x -}}', '${{ vars.x }}'],
  ['{{ vars.x | lower }}', '${{ vars.x }}'],
  ['{{ not vars.x }}', '${{ !vars.x }}'],
  ['{{ !vars.x }}', '${{ !vars.x }}'],
  ['{{ vars.x == 1 }}', '${{ vars.x == 1 }}'],
  ['{{ not vars.x == 1 }}', '${{ !(vars.x == 1) }}'],
  ['{{ vars.x || vars.y }}', '${{ vars.x || vars.y }}'],
  ['{{ (vars.x) }}', '${{ (vars.x) }}'],
  ['{{(vars.x | lower)}}', '${{ (vars.x) }}'],
  ["{{ vars.x == 'a|b' and steps.a.output.ok }}", "${{ vars.x == 'a|b' && steps.a.output.ok }}"],
  ['{{ 1 + vars["x"] }}', '${{ 1 + vars["x"] }}'],
  ['{{ size(secrets.token) }}', '${{ size(secrets.token) }}'],
])('%s: write %s', (text, write) => {
  expect(offered(`a ${text} b`)).toEqual([write]);
  expect(offered(text, true)).toEqual([write]);
});

test.each([
  ['{{.State.Status}}'],
  ['{{ upper .vars.x }}'],
  ['{{ my_vars.x == 1 }}'],
  ["{{ lookup('vars.x') }}"],
  ['${{ not vars.x }}'],
  ['{{ a == 1 }}'],
  ['{{}}'],
])('%s is not ours', (text) => {
  expect(offered(text)).toEqual([]);
  expect(offered(text, true)).toEqual([]);
});

test('a name alone is offered as a var, unless the text is for another program', () => {
  expect(offered('{{ domain }} {{ other }}')).toEqual(['${{ vars.domain }}', '${{ vars.NAME }}']);
  expect(offered('{{ domain }}', true)).toEqual([]);
});
