/** `runbook explain [CODE]`: the page of a code, or the list of the lint rules. */
import { fail } from '../diagnostic.ts';
import { nearestCode } from '../diagnostics/near.ts';
import { allRules } from '../lint/rules/index.ts';
import { jsonText } from '../text.ts';
import { knownCodes, ruleOf } from './explained.ts';
import { options } from './options.ts';
import type { Handler } from './spec.ts';
import { columns } from './table.ts';

export const explain: Handler = async (host, input) => {
  const json = input.flag(options.json);
  const given = input.argument(0);
  if (given === undefined) {
    const list = allRules.map(({ code, name, level, page }) => ({ code, name, level, what: page.what }));
    host.stdout.write(
      json ? `${jsonText(list)}\n` : columns(list.map(({ code, level, what }) => [code, level, what])),
    );
    return 0;
  }
  const code = given.toUpperCase();
  const rule = ruleOf(code);
  if (!rule) return fail('RB676', { code: given, near: nearestCode(code, knownCodes()) });
  host.stdout.write(json ? `${jsonText({ code, ...rule })}\n` : `${rule.help}\n`);
  return 0;
};
