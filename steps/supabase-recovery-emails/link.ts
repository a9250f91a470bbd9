/** The link of a recovery mail: whoever holds it owns the account, so it stands in no message here. Pure. */

export type RecoveryLink =
  /** Auth's own address, which redirects with the tokens in the fragment. */
  | { readonly kind: 'verify'; readonly url: URL; readonly redirectTo: string | null }
  /** A page of the app, which takes the hash to Auth. */
  | {
      readonly kind: 'page';
      readonly url: URL;
      readonly tokenHash: string;
      readonly redirectTo: string | null;
    };

const address = /https?:\/\/[^\s"'<>()\\]+/g;

export const recoveryLink = ({ text, html }: { text: string; html: string }): RecoveryLink | null => {
  const candidates = [...html.replaceAll('&amp;', '&').matchAll(address), ...text.matchAll(address)];
  for (const [found] of candidates) {
    const url = URL.parse(found);
    const link = url && linkOf(url);
    if (link) return link;
  }
  return null;
};

const linkOf = (url: URL): RecoveryLink | null => {
  const query = url.searchParams;
  if (query.get('type') !== 'recovery') return null;
  const redirectTo = query.get('redirect_to');
  if (url.pathname.endsWith('/verify') && query.has('token')) return { kind: 'verify', url, redirectTo };
  const tokenHash = query.get('token_hash');
  return tokenHash === null ? null : { kind: 'page', url, tokenHash, redirectTo };
};

/** Where it points, without what makes it a key. */
export const withoutToken = ({ url }: RecoveryLink): string => `${url.origin}${url.pathname}`;

/** Why this link will not do; null: it points where it should. */
export const wrongWay = (
  link: RecoveryLink,
  expected: { readonly authUrl: string; readonly redirectTo: string },
): { readonly problem: string; readonly remedy: string } | null => {
  const page = new URL(expected.redirectTo);
  const wanted = link.kind === 'verify' ? new URL(expected.authUrl).origin : page.origin;
  if (link.url.origin !== wanted)
    return {
      problem: `the mailed link points to ${link.url.origin}, not to ${wanted}`,
      remedy:
        link.kind === 'verify'
          ? "Set API_EXTERNAL_URL of Auth to the address that users reach it by, and GOTRUE_MAILER_URLPATHS_RECOVERY to '/auth/v1/verify'"
          : 'Fix the address in the mail template',
    };
  if (link.redirectTo !== null && URL.parse(link.redirectTo, page.href)?.href !== page.href)
    return {
      problem: `the mailed link leads on to ${link.redirectTo}, not to ${expected.redirectTo}: Auth has replaced it silently`,
      remedy: `Add ${expected.redirectTo} to Auth's allow list of redirect URLs (URI_ALLOW_LIST)`,
    };
  return null;
};
