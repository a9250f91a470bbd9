/** The settings of Supabase Auth that the stand-in honours, by the same names and with the same defaults. */
import { z } from 'zod';
import { patternOf } from './glob.ts';
import { parseGoDuration } from './go-duration.ts';
import { parseRate } from './rate-limits.ts';

const duration = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, context) => {
      const ms = parseGoDuration(text);
      if (ms === null) context.addIssue(`"${text}" is no duration such as 1m`);
      return ms ?? 0;
    });
/** What is 0 is the default again. */
const unlessZero =
  (fallback: number) =>
  (value: number): number =>
    value === 0 ? fallback : value;
const seconds = (fallback: number) => z.coerce.number().int().default(fallback);
const flag = z
  .enum(['true', 'false', ''])
  .default('false')
  .transform((text) => text === 'true');
const flagOn = z
  .enum(['true', 'false'])
  .default('true')
  .transform((text) => text === 'true');
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  );

/** What changes the answers of Auth, and what the stand-in cannot do: it does not start with it. */
export const onlyReal = [
  'GOTRUE_EXTERNAL_PHONE_ENABLED',
  'GOTRUE_HOOK_BEFORE_USER_CREATED_ENABLED',
  'GOTRUE_HOOK_AFTER_USER_CREATED_ENABLED',
  'GOTRUE_HOOK_CUSTOM_ACCESS_TOKEN_ENABLED',
  'GOTRUE_HOOK_PASSWORD_VERIFICATION_ATTEMPT_ENABLED',
  'GOTRUE_HOOK_SEND_EMAIL_ENABLED',
  'GOTRUE_MAILER_EMAIL_VALIDATION_EXTENDED',
  'GOTRUE_PASSWORD_HIBP_ENABLED',
  'GOTRUE_SECURITY_CAPTCHA_ENABLED',
] as const;
const mustBeOff = z.enum(['false', ''], { error: 'the stand-in has nothing of this' }).default('false');

/** `abc:ABC:12\\:3`: a password needs one of each. */
const characterSets = (text: string): readonly string[] =>
  (text.match(/(?:\\:|[^:])+/g) ?? []).map((set) => set.replaceAll('\\:', ':'));

const text = z.string().default('');
const mailTexts = {
  GOTRUE_MAILER_SUBJECTS_CONFIRMATION: text,
  GOTRUE_MAILER_SUBJECTS_EMAIL_CHANGE: text,
  GOTRUE_MAILER_SUBJECTS_INVITE: text,
  GOTRUE_MAILER_SUBJECTS_MAGIC_LINK: text,
  GOTRUE_MAILER_SUBJECTS_RECOVERY: text,
  GOTRUE_MAILER_TEMPLATES_CONFIRMATION: text,
  GOTRUE_MAILER_TEMPLATES_EMAIL_CHANGE: text,
  GOTRUE_MAILER_TEMPLATES_INVITE: text,
  GOTRUE_MAILER_TEMPLATES_MAGIC_LINK: text,
  GOTRUE_MAILER_TEMPLATES_RECOVERY: text,
};
const path = text.transform((given) => given || '/verify');
/** Magic links lead where recovery links do. */
const linkPaths = {
  GOTRUE_MAILER_URLPATHS_CONFIRMATION: path,
  GOTRUE_MAILER_URLPATHS_EMAIL_CHANGE: path,
  GOTRUE_MAILER_URLPATHS_INVITE: path,
  GOTRUE_MAILER_URLPATHS_RECOVERY: path,
};

const schema = z
  .object({
    DATABASE_URL: z.string(),
    PORT: z.coerce.number().int(),
    API_EXTERNAL_URL: z.url(),
    GOTRUE_API_MAX_REQUEST_DURATION: duration('10s'),
    GOTRUE_SITE_URL: z.url(),
    GOTRUE_URI_ALLOW_LIST: list.transform((globs) => globs.map(patternOf)),
    GOTRUE_DISABLE_SIGNUP: flag,
    GOTRUE_EXTERNAL_EMAIL_ENABLED: flagOn,
    GOTRUE_EXTERNAL_EMAIL_MAGIC_LINK_ENABLED: flagOn,
    GOTRUE_EXTERNAL_EMAIL_AUTHORIZED_ADDRESSES: list,
    GOTRUE_EXTERNAL_ANONYMOUS_USERS_ENABLED: flag,
    ...Object.fromEntries(onlyReal.map((name) => [name, mustBeOff])),
    GOTRUE_JWT_SECRET: z.string(),
    GOTRUE_JWT_EXP: seconds(3600),
    GOTRUE_JWT_AUD: z.string().default('authenticated'),
    GOTRUE_JWT_DEFAULT_GROUP_NAME: z.string().default('authenticated'),
    GOTRUE_JWT_ADMIN_ROLES: list.transform((roles) =>
      roles.length > 0 ? roles : ['service_role', 'supabase_admin'],
    ),
    GOTRUE_PASSWORD_MIN_LENGTH: z.coerce
      .number()
      .int()
      .default(6)
      .transform((least) => Math.max(6, least)),
    GOTRUE_PASSWORD_REQUIRED_CHARACTERS: z.string().default('').transform(characterSets),
    GOTRUE_SECURITY_REFRESH_TOKEN_REUSE_INTERVAL: seconds(0),
    GOTRUE_SECURITY_REFRESH_TOKEN_ROTATION_ENABLED: flagOn,
    GOTRUE_SMTP_HOST: z.string().default(''),
    GOTRUE_SMTP_PORT: z.coerce.number().int().default(587),
    GOTRUE_SMTP_USER: z.string().default(''),
    GOTRUE_SMTP_PASS: z.string().default(''),
    GOTRUE_SMTP_ADMIN_EMAIL: z.string().default(''),
    GOTRUE_SMTP_SENDER_NAME: z.string().default(''),
    GOTRUE_SMTP_MAX_FREQUENCY: duration('1m').transform(unlessZero(60_000)),
    GOTRUE_MAILER_AUTOCONFIRM: flag,
    GOTRUE_MAILER_EMAIL_BACKGROUND_SENDING: flag,
    GOTRUE_MAILER_OTP_EXP: z.coerce
      .number()
      .int()
      .nonnegative()
      .default(86_400)
      .transform(unlessZero(86_400)),
    GOTRUE_MAILER_OTP_LENGTH: z.coerce
      .number()
      .int()
      .default(6)
      .transform((length) => (length < 6 || length > 10 ? 6 : length)),
    GOTRUE_MAILER_TEMPLATE_MAX_AGE: duration('10m'),
    GOTRUE_MAILER_TEMPLATE_RETRY_INTERVAL: duration('10s'),
    GOTRUE_MAILER_SECURE_EMAIL_CHANGE_ENABLED: flagOn,
    ...mailTexts,
    ...linkPaths,
    GOTRUE_RATE_LIMIT_HEADER: z.string().default(''),
    GOTRUE_RATE_LIMIT_EMAIL_SENT: z
      .string()
      .default('30')
      .transform((text, context) => {
        const rate = parseRate(text);
        if (rate === null) context.addIssue(`"${text}" is no rate such as 30 or 1/1m`);
        return rate ?? { events: 0, everyMs: null };
      }),
    GOTRUE_RATE_LIMIT_OTP: z.coerce.number().default(30),
    GOTRUE_RATE_LIMIT_ANONYMOUS_USERS: z.coerce.number().default(30),
    GOTRUE_RATE_LIMIT_VERIFY: z.coerce.number().default(30),
    GOTRUE_RATE_LIMIT_TOKEN_REFRESH: z.coerce.number().default(150),
  })
  .transform((env) => ({
    databaseUrl: env.DATABASE_URL,
    port: env.PORT,
    externalUrl: env.API_EXTERNAL_URL,
    maxRequestMs: env.GOTRUE_API_MAX_REQUEST_DURATION,
    siteUrl: env.GOTRUE_SITE_URL,
    allowList: env.GOTRUE_URI_ALLOW_LIST,
    signupDisabled: env.GOTRUE_DISABLE_SIGNUP,
    anonymousUsers: env.GOTRUE_EXTERNAL_ANONYMOUS_USERS_ENABLED,
    email: {
      enabled: env.GOTRUE_EXTERNAL_EMAIL_ENABLED,
      magicLinks: env.GOTRUE_EXTERNAL_EMAIL_MAGIC_LINK_ENABLED,
      authorized: env.GOTRUE_EXTERNAL_EMAIL_AUTHORIZED_ADDRESSES,
    },
    passwords: {
      minLength: env.GOTRUE_PASSWORD_MIN_LENGTH,
      required: env.GOTRUE_PASSWORD_REQUIRED_CHARACTERS,
    },
    refreshTokens: {
      reuseMs: env.GOTRUE_SECURITY_REFRESH_TOKEN_REUSE_INTERVAL * 1_000,
      rotate: env.GOTRUE_SECURITY_REFRESH_TOKEN_ROTATION_ENABLED,
    },
    jwt: {
      secret: env.GOTRUE_JWT_SECRET,
      expiresIn: env.GOTRUE_JWT_EXP,
      audience: env.GOTRUE_JWT_AUD,
      defaultRole: env.GOTRUE_JWT_DEFAULT_GROUP_NAME,
      adminRoles: env.GOTRUE_JWT_ADMIN_ROLES,
    },
    smtp: {
      host: env.GOTRUE_SMTP_HOST,
      port: env.GOTRUE_SMTP_PORT,
      user: env.GOTRUE_SMTP_USER,
      password: env.GOTRUE_SMTP_PASS,
      from: { name: env.GOTRUE_SMTP_SENDER_NAME, address: env.GOTRUE_SMTP_ADMIN_EMAIL },
      maxFrequencyMs: env.GOTRUE_SMTP_MAX_FREQUENCY,
    },
    mailer: {
      autoconfirm: env.GOTRUE_MAILER_AUTOCONFIRM,
      inBackground: env.GOTRUE_MAILER_EMAIL_BACKGROUND_SENDING,
      otpExpirySeconds: env.GOTRUE_MAILER_OTP_EXP,
      otpLength: env.GOTRUE_MAILER_OTP_LENGTH,
      secureEmailChange: env.GOTRUE_MAILER_SECURE_EMAIL_CHANGE_ENABLED,
      templateMaxAgeMs: env.GOTRUE_MAILER_TEMPLATE_MAX_AGE,
      templateRetryMs: env.GOTRUE_MAILER_TEMPLATE_RETRY_INTERVAL,
      mails: {
        signup: {
          path: env.GOTRUE_MAILER_URLPATHS_CONFIRMATION,
          subject: env.GOTRUE_MAILER_SUBJECTS_CONFIRMATION,
          template: env.GOTRUE_MAILER_TEMPLATES_CONFIRMATION,
        },
        invite: {
          path: env.GOTRUE_MAILER_URLPATHS_INVITE,
          subject: env.GOTRUE_MAILER_SUBJECTS_INVITE,
          template: env.GOTRUE_MAILER_TEMPLATES_INVITE,
        },
        magiclink: {
          path: env.GOTRUE_MAILER_URLPATHS_RECOVERY,
          subject: env.GOTRUE_MAILER_SUBJECTS_MAGIC_LINK,
          template: env.GOTRUE_MAILER_TEMPLATES_MAGIC_LINK,
        },
        recovery: {
          path: env.GOTRUE_MAILER_URLPATHS_RECOVERY,
          subject: env.GOTRUE_MAILER_SUBJECTS_RECOVERY,
          template: env.GOTRUE_MAILER_TEMPLATES_RECOVERY,
        },
        email_change: {
          path: env.GOTRUE_MAILER_URLPATHS_EMAIL_CHANGE,
          subject: env.GOTRUE_MAILER_SUBJECTS_EMAIL_CHANGE,
          template: env.GOTRUE_MAILER_TEMPLATES_EMAIL_CHANGE,
        },
      },
    },
    limits: {
      header: env.GOTRUE_RATE_LIMIT_HEADER,
      emailSent: env.GOTRUE_RATE_LIMIT_EMAIL_SENT,
      otp: env.GOTRUE_RATE_LIMIT_OTP,
      anonymous: env.GOTRUE_RATE_LIMIT_ANONYMOUS_USERS,
      verify: env.GOTRUE_RATE_LIMIT_VERIFY,
      token: env.GOTRUE_RATE_LIMIT_TOKEN_REFRESH,
    },
  }));

export type Config = z.output<typeof schema>;

export type MailType = keyof Config['mailer']['mails'];

/** Throws a ZodError that names each wrong variable. */
export const readConfig = (env: NodeJS.ProcessEnv): Config => schema.parse(env);
