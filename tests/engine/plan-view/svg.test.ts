import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../engine/plan.ts';
import { widthOf } from '../../../engine/plan-view/svg/measure.ts';
import { timelineSvg } from '../../../engine/plan-view/svg/svg.ts';
import { timesOf } from '../../../engine/timeline/times-of.ts';
import { hostilePlan, longPlan, smallPlan } from '../../support/plan-samples.ts';

interface Element {
  readonly name: string;
  readonly attributes: { readonly [name: string]: string };
  content: string;
}

/** Throws where it is not well-formed. */
const elementsOf = (svg: string): readonly Element[] => {
  const parser = new SaxesParser();
  const found: Element[] = [];
  const open: Element[] = [];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes: attributes as Element['attributes'], content: '' };
    found.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    const element = open.at(-1);
    if (element) element.content += text;
  });
  parser.on('closetag', () => void open.pop());
  parser.write(svg).close();
  return found;
};

const sizes: { readonly [name: string]: number } = { h1: 20, h2: 13, num: 11, small: 10.5 };
const bold = ['h1', 'h2', 'id'];

/** As wide as it is in a wide font. */
const boxOf = ({ attributes, content }: Element) => {
  const names = attributes.class?.split(' ') ?? [];
  const size = names.map((name) => sizes[name]).find((each) => each !== undefined) ?? 12;
  const width = widthOf(
    content,
    size,
    names.some((name) => bold.includes(name)),
  );
  const x = Number(attributes.x);
  const left = names.includes('end') ? x - width : names.includes('mid') ? x - width / 2 : x;
  const bottom = Number(attributes.y);
  return { content, left, right: left + width, top: bottom - size * 0.75, bottom };
};

const t0 = { at: Date.UTC(2026, 10, 22, 22), offsetMinutes: 60 };
const draw = (plan: Plan, withClock = false): string =>
  timelineSvg(plan, timesOf(plan), withClock ? t0 : null);

const plans = { small: smallPlan, long: longPlan, hostile: hostilePlan };

describe.each(Object.entries(plans))('the picture of a %s plan', (_, make) => {
  test.each([false, true])(
    'is well-formed, and no text touches another or leaves it (times of day: %s)',
    (clock) => {
      const elements = elementsOf(draw(make(), clock));
      const width = Number(elements[0]?.attributes.width);
      const boxes = elements.filter(({ name }) => name === 'text').map(boxOf);
      expect(boxes.length).toBeGreaterThan(30);
      expect(boxes.filter(({ left, right }) => left < 0 || right > width)).toEqual([]);
      const byTop = boxes.toSorted((a, b) => a.top - b.top);
      const touching = byTop.flatMap((a, i) => {
        const near = byTop.slice(i + 1, i + 40).filter((b) => b.top < a.bottom);
        return near
          .filter((b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1)
          .map((b) => `${a.content} | ${b.content}`);
      });
      expect(touching).toEqual([]);
    },
  );

  test('needs nothing from elsewhere and runs nothing', () => {
    const elements = elementsOf(draw(make()));
    const names = new Set(elements.map(({ name }) => name));
    expect([...names].sort()).toEqual(
      expect.arrayContaining(['desc', 'g', 'path', 'rect', 'style', 'svg', 'text', 'title']),
    );
    expect(names.size).toBe(8);
    const attributes = elements.flatMap((element) => Object.entries(element.attributes));
    expect(attributes.filter(([name]) => /^on|href/i.test(name))).toEqual([]);
    expect(attributes.filter(([name, value]) => name !== 'xmlns' && /url\(|:\/\//.test(value))).toEqual([]);
    expect(elements.find(({ name }) => name === 'style')?.content).not.toMatch(/url|@import|@font-face/);
  });
});

test('an unknown text stays text', () => {
  const elements = elementsOf(draw(hostilePlan()));
  const titles = elements.filter(({ name }) => name === 'title').map(({ content }) => content);
  expect(titles.join('\n')).toContain('</text><script>alert(1)</script> & "quoted" \' ]]>');
});

test('it says what it shows, and has colours for light and dark pages', () => {
  const elements = elementsOf(draw(smallPlan()));
  const [svg, title, desc] = elements;
  expect(svg?.attributes).toMatchObject({ role: 'img', 'aria-labelledby': 'plan-title plan-desc' });
  expect(title).toMatchObject({ name: 'title', content: 'Plan of small' });
  expect(desc?.content).toContain('Point of no return: T0, when open starts');
  expect(elements.find(({ name }) => name === 'style')?.content).toContain('prefers-color-scheme:dark');
  const shown = elements.filter(({ name }) => name === 'text').map(({ content }) => content);
  for (const wanted of ['close', 'Mail everybody', '1 of Lead, Deputy, within 5m', 'open = false'])
    expect(shown).toContain(wanted);
});
