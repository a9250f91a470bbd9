/** A line of a log without what opens an account to whoever reads it: a recovery link in it may be unused yet. */

/** `"` and `'`, escaped where JSON stands inside of a text. */
const quote = String.raw`\\*["']`;
/** To its closing quote; without one, up to a space or the next parameter. */
const value = String.raw`(?:(${quote})(?:(?!\2)(?:\\.|[^]))*|[^&\s"';\\]+)`;
const between = String.raw`(?:${quote})?\s*(?:=>|[=:])\s*`;

/** `token` is also what a parser did not expect. */
const named = new RegExp(
  String.raw`((?<![\w-])(?<!\bunexpected\s)[\w-]*(?:token|secret|passw(?:or)?d|passphrase|api[_-]?key)[\w-]*${between})${value}`,
  'gi',
);
/** Of a link, and no `error code: 500`. */
const code = /((?:[?&#]|&amp;)code=)[^&\s"';\\]+/gi;
const authorization = new RegExp(
  String.raw`((?<![\w-])(?:proxy-)?authorization${between}(?:${quote})?(?:[a-z][\w-]*\s+)?)[^\s"'\\]+`,
  'gi',
);
const bearer = /(\bbearer\s+)[\w.~+/=-]{8,}/gi;
const cookie = new RegExp(
  String.raw`((?<![\w-])(?:set-)?cookie${between}(?:${quote})?[^\s"'\\=;]+=)[^"'\\]+`,
  'gi',
);
/** postgres://user:password@host */
const inUrl = /(:\/\/[^\s:/?#@"'\\]*:)[^\s/?#"'\\]+@/g;

/** Far more than is shown of a line, and little enough for patterns that go back. */
const mostLooked = 8192;

/** Of a long line, its beginning. */
export const withoutKeys = (line: string): string =>
  line
    .slice(0, mostLooked)
    .replaceAll(inUrl, '$1***@')
    .replaceAll(cookie, '$1***')
    .replaceAll(authorization, '$1***')
    .replaceAll(bearer, '$1***')
    .replaceAll(code, '$1***')
    .replaceAll(named, (_, key: string, quoted: string | undefined) => `${key}${quoted ?? ''}***`);
