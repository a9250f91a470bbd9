/** Where a link may lead: anything not allowed is silently replaced by SITE_URL. */
import { BlockList, isIP } from 'node:net';
import type { Context } from 'hono';
import type { Config } from './config.ts';
import { type GoUrl, parseGoUrl } from './go-url.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const isLoopback = (hostname: string): boolean => {
  const version = isIP(hostname);
  return version !== 0 && loopback.check(hostname, version === 4 ? 'ipv4' : 'ipv6');
};

/** Scheme, host as written, and port; on loopback any port. */
const isOwn = (site: GoUrl, { scheme, hostname, port }: GoUrl): boolean =>
  hostname === site.hostname &&
  scheme === site.scheme &&
  (port === site.port || hostname === 'localhost' || isLoopback(hostname));

const isAllowed = ({ siteUrl, allowList }: Config, wanted: string): boolean => {
  const [site, url] = [parseGoUrl(siteUrl), parseGoUrl(wanted)];
  if (wanted === '' || site === null || url === null) return false;
  if (isOwn(site, url)) return true;
  const { scheme, hostname } = url;
  if (/^\d+$/.test(hostname)) return false;
  if (isIP(hostname) !== 0) return isLoopback(hostname);
  const isWeb = scheme === 'http' || scheme === 'https';
  if (isWeb && !/^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/.test(hostname)) return false;
  const bare = wanted.split('#')[0] ?? '';
  return allowList.some((pattern) => pattern.test(bare));
};

/** The header hides the query, whether it is allowed or not; then the page that the request came from. */
export const effectiveRedirect = (c: Context, config: Config, wanted?: string): string => {
  const asked = c.req.header('redirect_to') || c.req.query('redirect_to');
  return (
    [wanted, asked, c.req.header('referer')].find((url) => url !== undefined && isAllowed(config, url)) ??
    config.siteUrl
  );
};
