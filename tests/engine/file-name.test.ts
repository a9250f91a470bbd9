import { expect, test } from 'vitest';
import { actFileName, idFileName, idOfFileName } from '../../engine/file-name.ts';
import { stepId } from '../../engine/load/schema/values.ts';
import { shellWord } from '../../engine/text.ts';
import { fc } from '../support/property.ts';

test.each([
  ['read-only', 'read-only', 'read-only.do.0'],
  ['ro[s1]', 'ro@s1', 'ro@s1.do.0'],
  ['ro[db.example]', 'ro@db~example', 'ro@db~example.do.0'],
  ['sections[s1]/read-only', 'sections@s1+read-only', 'sections@s1+read-only.do.0'],
  ['a[x.do.0]', 'a@x~do~0', 'a@x~do~0.do.0'],
])('%s', (id, file, act) => {
  expect(idFileName(id)).toBe(file);
  expect(actFileName(`${id}/do/0`)).toBe(act);
  expect(actFileName(act)).toBe(act);
});

const letters = (first: string, rest: string, most: number) =>
  fc
    .tuple(fc.constantFrom(...first), fc.array(fc.constantFrom(...rest), { maxLength: most }))
    .map(([head, tail]) => head + tail.join(''));
const segment = fc
  .tuple(letters('ab', 'ab0-', 3), fc.option(letters('aB0', 'aB0._-', 4)))
  .map(([id, key]) => (key === null ? id : `${id}[${key}]`));
const id = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));

test('every id of a plan leads to a file name and back, and to a plain word of a shell', () => {
  fc.assert(
    fc.property(id, (one) => {
      expect(stepId.safeParse(one).success).toBe(true);
      expect(idOfFileName(idFileName(one))).toBe(one);
      expect(idFileName(one)).toMatch(/^[\w@~+.-]+$/);
      expect(idFileName(one)).not.toContain('/');
      expect(shellWord(idFileName(one)).replaceAll("'", '')).toBe(idFileName(one));
    }),
  );
});

test('no act folder begins like that of another step', () => {
  fc.assert(
    fc.property(id, id, (one, other) => {
      fc.pre(one !== other);
      const [a, b] = [actFileName(`${one}/do/0`), actFileName(`${other}/do/0`)];
      expect([a, `${a}#`, `${a}.`].some((head) => b === head || `${b}#1`.startsWith(head))).toBe(false);
    }),
  );
});
