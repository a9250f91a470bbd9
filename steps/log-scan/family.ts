/** Which files are earlier parts of a log, by their names, and in which order. Pure. */
import { basename, dirname } from 'node:path/posix';
import type { FoundFile } from './files.ts';

const compressed = /\.(gz|bz2|xz|zst)$/;

/** A path with the numbers of its name left open: the files that one rotation makes have it in common. */
const shapeOf = (path: string): string => `${dirname(path)}/${nameOf(path).replaceAll(/\d+/g, '#')}`;
const nameOf = (path: string): string => basename(path).replace(compressed, '');
const numbersOf = (name: string): readonly bigint[] => (name.match(/\d+/g) ?? []).map(BigInt);

/** A day or a month, with or without the time, or seconds since 1970. Other numbers tell one log from another: web1.log. */
const date =
  /(?<!\d)(?:(?:19|20)\d\d([-_.]?)\d\d(?:\1\d\d)?|\d\d([-_.])\d\d\2(?:19|20)\d\d|\d{6}|\d{8,})(?:[-_.T]?\d\d(?:[-_.:]?\d\d){0,2})?(?!\d)/g;
const undated = (path: string): string => `${dirname(path)}/${nameOf(path).replaceAll(date, '#')}`;

const compare = (a: readonly bigint[], b: readonly bigint[]): number => {
  for (const [i, n] of a.entries()) {
    const other = b[i];
    if (other !== undefined && n !== other) return n < other ? -1 : 1;
  }
  return 0;
};

/** `numbers`: as access.log.2 is older than access.log.1. `dates`: the larger is younger. `alone`: no order is known. */
type Order = 'numbers' | 'dates' | 'alone';

export interface Member {
  readonly file: FoundFile;
  readonly order: Order;
  readonly shape: string;
  readonly numbers: readonly bigint[];
}

/** null: the name is not one that a rotation of `real` gives. */
const memberOf = (real: string, file: FoundFile): Member | null => {
  const base = basename(real);
  const name = nameOf(file.path);
  const dot = base.lastIndexOf('.');
  const [stem, extension] = dot > 0 ? [base.slice(0, dot), base.slice(dot)] : [base, ''];
  const member = (order: Order, given: string): Member => ({
    file,
    order,
    shape: shapeOf(file.path),
    numbers: numbersOf(given),
  });
  // cronolog and the like: a link leads to the file of today.
  if (undated(file.path) === undated(real) && shapeOf(file.path) === shapeOf(real) && name !== base)
    return member('dates', name);
  const tail = name.startsWith(base)
    ? name.slice(base.length)
    : name.startsWith(stem) && name.endsWith(extension)
      ? name.slice(stem.length, name.length - extension.length)
      : null;
  if (tail === null) return null;
  if (/^\.\d{1,4}$/.test(tail)) return member('numbers', tail);
  if (/^[-._]+\d[\dT_.:-]*$/.test(tail) && tail.replaceAll(/\D/g, '').length >= 6)
    return member('dates', tail);
  return name.startsWith(base) ? member('alone', tail) : null;
};

/** The plain one where a file is being compressed and both are there. */
const withoutCopies = (members: readonly Member[]): readonly Member[] => {
  const plain = new Set(members.map(({ file }) => file.path));
  return members.filter(
    ({ file }) => !compressed.test(file.path) || !plain.has(file.path.replace(compressed, '')),
  );
};

const byAge = (a: Member, b: Member): number =>
  a.order === 'numbers' ? compare(b.numbers, a.numbers) : compare(a.numbers, b.numbers);

/** Youngest first, by the time of their last change: where a file that was put aside is most likely found. */
export const familyOf = (real: string, files: readonly FoundFile[]): readonly Member[] =>
  withoutCopies(files.flatMap((file) => memberOf(real, file) ?? [])).toSorted(
    (a, b) => b.file.changed - a.file.changed || byAge(b, a),
  );

/** What came after a member and before the current file, oldest first; a text says why nobody can tell. */
export const youngerThan = (
  member: Member,
  family: readonly Member[],
  real: string,
): readonly FoundFile[] | string => {
  const alike = family.filter((other) => other.shape === member.shape && other.file !== member.file);
  if (member.order === 'alone') {
    const younger = alike.find(({ file }) => file.changed >= member.file.changed);
    return younger ? `whether ${younger.file.path} is older or younger is not known` : [];
  }
  const now = shapeOf(real) === member.shape ? numbersOf(basename(real)) : null;
  const doubtful = outOfOrder([member, ...alike], now) ?? otherNames(member, family);
  if (doubtful)
    return `its order is not known: the name of ${doubtful.file.path} and the time of its last change contradict`;
  const younger = alike.filter((other) => byAge(other, member) > 0).toSorted(byAge);
  if (member.order === 'numbers') {
    // access.log.0 is the youngest for some, access.log.1 for others.
    const missing = missingNumber(Number(member.numbers[0]), younger);
    if (missing !== null) return `the file with number ${missing} is missing`;
  }
  return younger.map(({ file }) => file);
};

/**
 * Days before months, or an index whose largest is the youngest: the names do not rise with time. Only the times of
 * change tell, and only by the second. `now`: the numbers of the current file, which is the youngest.
 */
const outOfOrder = (
  [member, ...alike]: readonly [Member, ...Member[]],
  now: readonly bigint[] | null,
): Member | undefined => {
  const later = (a: Member, b: Member): boolean => a.file.changed > b.file.changed;
  const known = alike.find(
    (other) =>
      (byAge(other, member) > 0 ? later(member, other) : later(other, member)) ||
      (now !== null && byAge(other, member) > 0 && compare(other.numbers, now) >= 0),
  );
  if (known) return known;
  const younger = alike.filter((other) => byAge(other, member) > 0).toSorted(byAge);
  return younger.find((other, i) => i > 0 && later(younger[i - 1] ?? other, other));
};

/** app.log.2026-01-01 and app.log.2026-01-01.1: both are dates, and the names do not compare. */
const otherNames = (member: Member, family: readonly Member[]): Member | undefined =>
  member.order === 'dates'
    ? family.find(
        ({ order, shape, file }) =>
          order === 'dates' && shape !== member.shape && file.changed > member.file.changed,
      )
    : undefined;

const missingNumber = (oldest: number, younger: readonly Member[]): number | null => {
  const there = new Set(younger.map(({ numbers }) => Number(numbers[0])));
  for (let n = oldest - 1; n >= 1; n -= 1) if (!there.has(n)) return n;
  return null;
};

/** Put aside since an instant, oldest first, where a rotation says in which order. */
export const putAsideSince = (seconds: number, family: readonly Member[]): readonly FoundFile[] =>
  family
    .filter(
      ({ order, file }) =>
        order !== 'alone' && file.changed >= seconds && (file.born === 0 || file.born >= seconds),
    )
    .toReversed()
    .map(({ file }) => file);
