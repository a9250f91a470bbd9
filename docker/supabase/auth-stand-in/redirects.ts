/** Where a link may lead: anything not allowed is silently replaced by SITE_URL. */
import type { Config } from './config.ts';

/** `*` stays within a part between dots and slashes, `**` crosses them, `?` is one character of a part. */
const patternOf = (glob: string): RegExp => {
  const source = glob
    .split(/(\*\*|\*|\?)/)
    .map((part) => {
      if (part === '**') return '.*';
      if (part === '*') return '[^./]*';
      if (part === '?') return '[^./]';
      return part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    })
    .join('');
  return new RegExp(`^${source}$`);
};

const isAllowed = ({ siteUrl, allowList }: Config, wanted: string): boolean => {
  if (!URL.canParse(wanted)) return false;
  const url = new URL(wanted);
  // Any port and path of the site's own host.
  if (url.hostname === new URL(siteUrl).hostname) return true;
  const bare = wanted.split('#')[0] ?? '';
  return allowList.some((glob) => patternOf(glob).test(bare));
};

/** The first of these that is allowed, else SITE_URL. */
export const effectiveRedirect = (config: Config, ...wanted: (string | undefined)[]): string =>
  wanted.find((url) => url !== undefined && url !== '' && isAllowed(config, url)) ?? config.siteUrl;
