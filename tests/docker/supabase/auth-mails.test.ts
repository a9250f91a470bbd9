/** Templates, limits and settings of Auth's mails, held against the stand-in and the real Auth. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  asAdmin,
  authPrograms,
  call,
  createUser,
  freshEmail,
  logIn,
  useAuthServer,
} from '../../support/auth-contract.ts';
import { type AuthServer, startAuthServer } from '../../support/auth-server.ts';
import { useLab } from '../../support/lab.ts';

const lab = await useLab();

/** What stands at the address of the template; null: 404. */
const useTemplates = async () => {
  const kept = new Map<string, string | null>();
  const asked: string[] = [];
  const server = createServer(({ url = '' }, answer) => {
    asked.push(url);
    const text = kept.get(url) ?? null;
    answer.statusCode = text === null ? 404 : 200;
    answer.end(text ?? 'no such template');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterAll(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { kept, asked, origin };
};

const templates = await useTemplates();

/** Mails one user, and says what arrived. */
const mailed = async (auth: AuthServer, more: Record<string, unknown> = {}) => {
  const { email } = await createUser(auth, more);
  const { status, json } = await call(auth, 'POST /recover', { body: { email } });
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(json)}`);
  const [mail] = await auth.inbox.mailsTo(email);
  return { subject: mail?.Subject ?? '', html: mail?.HTML ?? '' };
};

const defaults = { subject: 'Reset your password', html: expect.stringContaining('/verify?token=') };

describe.each(authPrograms)('$name', (program) => {
  describe('a template', () => {
    const auth = useAuthServer(lab, program, {
      GOTRUE_MAILER_TEMPLATES_RECOVERY: `${templates.origin}/${program.name}/kept`.replaceAll(' ', '-'),
      GOTRUE_MAILER_SUBJECTS_RECOVERY:
        '{{ if .Data.name }}{{ .Data.name }}, choose{{ else }}Choose{{ end }} anew',
    });
    const path = `/${program.name}/kept`.replaceAll(' ', '-');
    beforeAll(() => {
      templates.kept.set(
        path,
        [
          '{{- /* for everybody */ -}}',
          '{{ with .Data }}{{ if eq .lang "fr" }}Bonjour{{ else if eq .lang "de" }}Hallo{{ else }}Hello{{ end }}',
          '{{- range $i, $tag := .tags }}{{ if $i }},{{ end }} {{ $tag }}{{ else }} nobody{{ end }}{{ end }}',
          '{{ .Email | printf "<%s>" | html }} {{ len .Token }} {{ index .Data "lang" }}',
          '{{ $url := .ConfirmationURL }}<a href="{{ $url }}">{{ not .Nothing }}</a>{{ .Data.none }}',
          '{{ "a+b" }} <a href="/x?y={{ print .SiteURL " +" }}" title="{{ `a+b` }}">',
        ].join('|'),
      );
    });

    test('is a Go template, in the subject too', async () => {
      const name = 'Zoé & Max';
      const full = await mailed(auth(), { user_metadata: { name, lang: 'fr', tags: ['a', '<b>'] } });
      expect(full.subject).toBe('Zoé &amp; Max, choose anew');
      expect(full.html).toMatch(/^\|Bonjour\| a, &lt;b&gt;\|&lt;[^|]+@journal\.test&gt; 6 fr\|/);
      expect(full.html).toMatch(
        /\|<a href="https:\/\/\S+&amp;type=recovery&amp;redirect_to=https:\/\/journal\.test">true<\/a>\|/,
      );
      expect(full.html.trim()).toMatch(
        /\|a&#43;b <a href="\/x\?y=https%3a%2f%2fjournal\.test%20%2b" title="a&#43;b">$/,
      );
      const bare = await mailed(auth(), { user_metadata: { lang: 'it' } });
      expect(bare.subject).toBe('Choose anew');
      expect(bare.html).toMatch(/^\|Hello\| nobody\|/);
    });

    test('is kept for ten minutes: a correction is not seen before', async () => {
      const before = templates.asked.filter((asked) => asked === path).length;
      templates.kept.set(path, 'corrected');
      expect((await mailed(auth(), { user_metadata: { lang: 'de' } })).html).toMatch(/^\|Hallo\| nobody\|/);
      expect(templates.asked.filter((asked) => asked === path)).toHaveLength(before);
    });
  });

  test('each kind of mail has a template of its own', async () => {
    const kinds = ['CONFIRMATION', 'EMAIL_CHANGE', 'INVITE', 'MAGIC_LINK', 'RECOVERY'];
    for (const kind of kinds) templates.kept.set(`/${kind}`, `${kind} {{ .Email }}`);
    await using auth = await startAuthServer(
      lab,
      {
        ...Object.fromEntries(
          kinds.map((kind) => [`GOTRUE_MAILER_TEMPLATES_${kind}`, `${templates.origin}/${kind}`]),
        ),
        GOTRUE_SMTP_MAX_FREQUENCY: '1ms',
      },
      program,
    );
    const password = 'a-Secret-1';
    const { email } = await createUser(auth, { password });
    const [stranger, invited, wanted] = [freshEmail(), freshEmail(), freshEmail()];
    const { json } = await logIn(auth, email, password);
    await call(auth, 'POST /recover', { body: { email } });
    await call(auth, 'POST /otp', { body: { email } });
    await call(auth, 'PUT /user', { bearer: json.access_token, body: { email: wanted } });
    await call(auth, 'POST /signup', { body: { email: stranger, password } });
    await asAdmin(auth, 'POST /invite', { body: { email: invited } });
    const mails = [email, stranger, invited, wanted].map((to) => auth.inbox.mailsTo(to));
    const bodies = (await Promise.all(mails)).flat().map(({ HTML }) => HTML.trim());
    expect(bodies.toSorted()).toEqual(
      [
        `CONFIRMATION ${stranger}`,
        `EMAIL_CHANGE ${email}`,
        `EMAIL_CHANGE ${email}`,
        `INVITE ${invited}`,
        `MAGIC_LINK ${email}`,
        `RECOVERY ${email}`,
      ].toSorted(),
    );
  });

  test('a template that fails at first: body AND subject of Auth, kept as long', async () => {
    const path = `/${program.name}/late`.replaceAll(' ', '-');
    await using auth = await startAuthServer(
      lab,
      {
        GOTRUE_MAILER_TEMPLATES_RECOVERY: `${templates.origin}${path}`,
        GOTRUE_MAILER_SUBJECTS_RECOVERY: 'Ours',
        GOTRUE_MAILER_TEMPLATE_RETRY_INTERVAL: '1ms',
      },
      program,
    );
    expect(await mailed(auth)).toMatchObject(defaults);
    templates.kept.set(path, 'there now');
    expect(await mailed(auth)).toMatchObject(defaults);
  });

  test('a template that fails later, or cannot be read: the last good one', async () => {
    const path = `/${program.name}/good`.replaceAll(' ', '-');
    templates.kept.set(path, 'good {{ .Email }}');
    await using auth = await startAuthServer(
      lab,
      {
        GOTRUE_MAILER_TEMPLATES_RECOVERY: `${templates.origin}${path}`,
        GOTRUE_MAILER_SUBJECTS_RECOVERY: 'Ours',
        GOTRUE_MAILER_TEMPLATE_MAX_AGE: '1ms',
        GOTRUE_MAILER_TEMPLATE_RETRY_INTERVAL: '1ms',
      },
      program,
    );
    expect((await mailed(auth)).html).toMatch(/^good u/);
    for (const broken of [null, '{{ if .Email }}', '{{ nothing .Email }}', '{{ .Email ', '{{ end }}']) {
      templates.kept.set(path, broken);
      expect(await mailed(auth)).toMatchObject({ subject: 'Ours', html: expect.stringMatching(/^good u/) });
    }
    templates.kept.set(path, 'better');
    expect((await mailed(auth)).html.trim()).toBe('better');
  });

  test('the mails of an hour are a whole number, and a rate may be written with any duration', async () => {
    const count = async (rate: string) => {
      const settings = { GOTRUE_RATE_LIMIT_EMAIL_SENT: rate, GOTRUE_SMTP_HOST: '' };
      await using auth = await startAuthServer(lab, settings, program);
      let sent = 0;
      for (; sent < 3; sent++) {
        const { email } = await createUser(auth);
        const { status, json } = await call(auth, 'POST /recover', { body: { email } });
        if (status !== 200) {
          expect(json.error_code).toBe('over_email_send_rate_limit');
          break;
        }
      }
      return sent;
    };
    expect(await Promise.all(['2.9', '1/1m30s', '0'].map(count))).toEqual([2, 1, 0]);
  });

  test.each([
    ['GOTRUE_SMTP_MAX_FREQUENCY', '1 minute'],
    ['GOTRUE_SMTP_MAX_FREQUENCY', '60'],
    ['GOTRUE_RATE_LIMIT_EMAIL_SENT', '30/hour'],
    ['GOTRUE_RATE_LIMIT_EMAIL_SENT', '2.5/1h'],
    ['GOTRUE_URI_ALLOW_LIST', 'https://[.test/'],
    ['GOTRUE_MAILER_OTP_EXP', '-1'],
  ])('%s=%s stops the start', async (name, value) => {
    await expect(startAuthServer(lab, { [name]: value }, program)).rejects.toThrow(
      'Auth ended while starting',
    );
  });
});
