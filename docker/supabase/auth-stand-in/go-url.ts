/**
 * An address as Go's net/url takes it apart, which is what decides where a link may lead. WHATWG's URL corrects what Go
 * refuses or keeps: a leading blank, a backslash, an upper-case host.
 */

export interface GoUrl {
  readonly scheme: string;
  /** As written, without the brackets of IPv6. */
  readonly hostname: string;
  readonly port: string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what Go refuses anywhere
const control = /[\x00-\x1f\x7f]/;
const form = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)/;

/** null: it cannot be parsed. */
export const parseGoUrl = (text: string): GoUrl | null => {
  if (control.test(text)) return null;
  const [, scheme = '', authority, path = ''] = form.exec(text) ?? [];
  // `a:b` without a scheme before it would be one.
  if (scheme === '' && authority === undefined && /^[^/]*:/.test(path)) return null;
  if (/%(?![\da-fA-F]{2})/.test(path)) return null;
  const at = authority?.lastIndexOf('@') ?? -1;
  const [user, host] = [authority?.slice(0, Math.max(0, at)) ?? '', authority?.slice(at + 1) ?? ''];
  if (!/^[\w\-.:~!$&'()*+,;=%@]*$/.test(user)) return null;
  const hostAndPort = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(host);
  if (!hostAndPort) return null;
  const [, v6, name = '', port = ''] = hostAndPort;
  if (v6 === undefined && !/^(?:[\w\-.~!$&'()*+,;=<>"]|[\u0080-\uffff])*$/.test(name)) return null;
  return { scheme: scheme.toLowerCase(), hostname: v6 ?? name, port };
};
