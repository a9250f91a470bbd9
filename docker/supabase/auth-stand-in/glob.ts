/** The globs of GOTRUE_URI_ALLOW_LIST (gobwas/glob, with `.` and `/` as separators). */

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
const inClass = (text: string): string => text.replace(/[\\\]^-]/g, '\\$&');

const tokens = /\\(.)|(\*\*+)|(\*)|(\?)|\[(!?)([^\]]*)\]|([{}])|(,)|([\s\S])/gu;

/** `*` stays between separators, `**` crosses them, `?` is one character; `[abc]`, `[!a-z]`, `{a,b}`, `\*`. */
export const patternOf = (glob: string): RegExp => {
  let depth = 0;
  const source = glob.replace(
    tokens,
    (
      all,
      escaped?: string,
      any?: string,
      some?: string,
      one?: string,
      not?: string,
      set?: string,
      brace?: string,
      comma?: string,
    ) => {
      if (escaped !== undefined) return literal(escaped);
      if (any !== undefined) return '[\\s\\S]*';
      if (some !== undefined) return '[^./]*';
      if (one !== undefined) return '[^./]';
      if (set !== undefined) return classOf(set, not === '!');
      if (comma !== undefined) return depth > 0 ? '|' : ',';
      if (brace === '{') {
        depth += 1;
        return '(?:';
      }
      if (brace === '}' && depth > 0) {
        depth -= 1;
        return ')';
      }
      if (all === '[') throw new Error(`${glob} has a [ without its ]`);
      return literal(all);
    },
  );
  return new RegExp(`^${source}${')'.repeat(depth)}$`);
};

/** A range (`a-z`) or a list; a dash anywhere else is one of the list. */
const classOf = (set: string, not: boolean): string => {
  if (set === '') throw new Error('a [] without anything in it');
  const range = /^(.)-(.)$/u.exec(set);
  const [from, to] = [range?.[1], range?.[2]];
  const inside = from !== undefined && to !== undefined ? `${inClass(from)}-${inClass(to)}` : inClass(set);
  return `[${not ? '^' : ''}${inside}]`;
};
