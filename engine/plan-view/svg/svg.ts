/** The plan as a picture of its own: no script, no font and no link from elsewhere; text stays text. */
import type { Plan } from '../../plan.ts';
import type { PlanTimes } from '../../timeline/times.ts';
import type { T0 } from '../clock.ts';
import { planRows } from '../rows.ts';
import { summary } from '../words.ts';
import { axisPart, factsPart } from './axis-part.ts';
import { layoutOf, margin, width } from './layout.ts';
import { rowsPart } from './rows-part.ts';
import { style } from './style.ts';
import { footPart, headPart } from './texts-part.ts';
import { all, element, type Markup, text } from './xml.ts';

export const timelineSvg = (plan: Plan, times: PlanTimes, t0: T0 | null = null): string => {
  const rows = planRows(plan, times);
  const layout = layoutOf(rows, t0);
  const head = headPart(layout, margin);
  const axis = axisPart(layout, margin + head.height);
  const top = margin + head.height + axis.height;
  const facts = factsPart(layout, top);
  const list = rowsPart(layout, top + facts.height);
  const bottom = top + facts.height + list.height;
  const foot = footPart(layout, bottom);
  const height = Math.ceil(bottom + foot.height + margin);
  const parts: readonly (readonly Markup[])[] = [
    head.drawn,
    list.stripes,
    axis.grid(top, bottom),
    axis.drawn,
    facts.drawn,
    list.drawn,
    foot.drawn,
  ];
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'aria-labelledby': 'plan-title plan-desc',
    },
    element('title', { id: 'plan-title' }, text(`Plan of ${plan.name}`)),
    element('desc', { id: 'plan-desc' }, text(summary(rows, t0).join('. '))),
    element('style', {}, style as Markup),
    element('rect', { class: 'page', x: 0, y: 0, width, height }),
    all(parts.flat()),
  )}\n`;
};
