import type { Path } from '../../load/yaml-source.ts';
import type { Json } from '../../plan.ts';
import type { Rule } from '../rule.ts';

const url = /https?:\/\/\S*$/i;
/** A user and a password, written out. */
const withPassword = /\b[a-z][a-z\d+.-]*:\/\/[^\s/:@$]*:[^\s/@$*[{]+@/i;
const withToken =
  /https?:\/\/[^\s"']*[?&](?:access_?token|api_?key|auth|key|pass(?:word)?|secret|sig(?:nature)?|token)=(?:\$|[\w.~+/-]{8,})/i;

/** Every text with its path; a text with secrets is one of parts. */
function* secretUrls(value: Json, path: Path): Generator<Path> {
  if (typeof value === 'string') {
    if (withPassword.test(value) || withToken.test(value)) yield path;
  } else if (Array.isArray(value))
    for (const [i, item] of value.entries()) yield* secretUrls(item, [...path, i]);
  else if (typeof value === 'object' && value !== null) {
    const { secret } = value as { readonly secret?: unknown };
    if (Array.isArray(secret)) {
      if (isInUrl(secret as readonly Part[])) yield path;
    } else for (const [key, inner] of Object.entries(value)) yield* secretUrls(inner, [...path, key]);
  }
}

type Part = string | { readonly name: string };

const isInUrl = (parts: readonly Part[]): boolean =>
  parts.some((part, i) => typeof part !== 'string' && url.test(textBefore(parts.slice(0, i))));

const textBefore = (parts: readonly Part[]): string =>
  parts.map((part) => (typeof part === 'string' ? part : 'x')).join('');

export const secretInUrl: Rule = {
  code: 'RB718',
  name: 'secret-in-url',
  level: 'error',
  page: {
    what: 'A password or token inside a URL',
    why: 'A health check sent its token as `?token=...`. Each request wrote it into the access log of the proxy, which four teams could read and which was kept for a year. A URL is written down by every machine that it passes; a header is not.',
    bad: `secrets: { token: { env: TOKEN } }
steps:
  - id: purge
    type: command
    with:
      run: curl --fail --silent "$PURGE"
      env: { PURGE: "https://cdn.example/purge?token=\${{ secrets.token }}" }
      effects: read`,
    good: `secrets: { token: { env: TOKEN } }
steps:
  - id: purge
    type: http.check
    with:
      url: https://cdn.example/purge
      headers: { Authorization: "Bearer \${{ secrets.token }}" }`,
  },
  *check(context) {
    const said = (what: string) => ({
      message: `A secret stands in ${what}: every server and proxy on its path writes it into a log`,
      remedy:
        'Send it in a header, or use a credential helper. A secret that was committed has to be replaced',
    });
    for (const call of context.calls)
      for (const path of secretUrls(call.act.with, []))
        yield { at: context.atInput(call, path), step: call.step, ...said('a URL') };
    for (const [name, { config }] of Object.entries(context.plan.targets))
      for (const path of secretUrls(config, []))
        yield {
          at: context.at(['targets', name, ...path]),
          step: null,
          ...said(`a URL of target "${name}"`),
        };
  },
};
