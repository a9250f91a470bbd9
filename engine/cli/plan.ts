/** `runbook plan FILE`: what is expected when, and what a rollback costs then. No server is touched. */
import { resolve } from 'node:path';
import { fail } from '../diagnostic.ts';
import { loadRunbook } from '../load/load.ts';
import type { T0 } from '../plan-view/clock.ts';
import { planRecord } from '../plan-view/json.ts';
import { planMarkdown } from '../plan-view/markdown.ts';
import { type PlanRows, planRows } from '../plan-view/rows.ts';
import { timelineSvg } from '../plan-view/svg/svg.ts';
import { planText } from '../plan-view/text.ts';
import { jsonText } from '../text.ts';
import { timesOf } from '../timeline/times-of.ts';
import { parseT0 } from './clock.ts';
import { givenTypes, givenVars, givenVarsFiles } from './given.ts';
import type { Host } from './host.ts';
import { options } from './options.ts';
import { replaceDocument } from './replace-file.ts';
import type { Handler, Input } from './spec.ts';

const views = {
  text: planText,
  markdown: planMarkdown,
  json: (rows: PlanRows, t0: T0 | null) => `${jsonText(planRecord(rows, t0))}\n`,
  svg: ({ plan, times }: PlanRows, t0: T0 | null) => timelineSvg(plan, times, t0),
} as const;
type Format = keyof typeof views;

/** `--json` and another format contradict each other. Throws RB606, RB651. */
const formatOf = (input: Input): Format => {
  const given = input.text(options.planFormat);
  if (input.flag(options.json)) {
    if (given !== undefined && given !== 'json') fail('RB606', { flags: ['--json', '--format'] });
    return 'json';
  }
  const allowed = Object.keys(views);
  return Object.hasOwn(views, given ?? 'text')
    ? ((given ?? 'text') as Format)
    : fail('RB651', { flag: '--format', given: given ?? '', allowed });
};

/** In the zone of its offset; one without an offset is in the zone of this machine. Throws RB601. */
const t0Of = (host: Host, given: string | undefined): T0 | null => {
  if (given === undefined) return null;
  const at = parseT0(given, host.now());
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(given) ?? [];
  if (sign !== undefined)
    return { at, offsetMinutes: (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) };
  return { at, offsetMinutes: given.endsWith('Z') ? 0 : -new Date(at).getTimezoneOffset() };
};

export const plan: Handler = async (host, input) => {
  const format = formatOf(input);
  const t0 = t0Of(host, input.text(options.planT0));
  const loaded = await loadRunbook(resolve(host.cwd, input.needed(0)), {
    ...(await givenTypes(host, input)),
    varsFiles: givenVarsFiles(host, input),
    vars: givenVars(input),
  });
  const document = views[format](planRows(loaded.plan, timesOf(loaded.plan)), t0);
  const output = input.text(options.output);
  if (output === undefined) host.stdout.write(document);
  else replaceDocument(resolve(host.cwd, output), document);
  return 0;
};
