/** What a page shows is true: its bad example gives this remark and no other, its good one gives none. */
import { describe, expect, test } from 'vitest';
import { pageOf } from '../../../engine/lint/page.ts';
import { allRules } from '../../../engine/lint/rules/index.ts';
import { codes } from './linted.ts';

describe.each(allRules)('$code $name', (rule) => {
  test('the bad example gives this remark only', async () => {
    expect([...new Set(await codes(rule.page.bad))]).toEqual([rule.code]);
  });

  test('the good example gives none', async () => {
    expect(await codes(rule.page.good)).toEqual([]);
  });

  test('the page says what, why, and shows both', () => {
    const page = pageOf(rule);
    expect(page).toContain(`# ${rule.code} ${rule.name}`);
    expect(page).toContain(rule.page.bad);
    expect(page).toContain(rule.page.good);
    expect(rule.page.why.length).toBeGreaterThan(120);
    expect(rule.page.what).not.toMatch(/\.$/);
  });
});

test('each code and name is used once, within RB700 and RB749', () => {
  const all = allRules.map(({ code }) => code);
  expect(new Set(all).size).toBe(all.length);
  expect(new Set(allRules.map(({ name }) => name)).size).toBe(all.length);
  expect(all.filter((code) => !/^RB7[0-4]\d$/.test(code))).toEqual([]);
});
