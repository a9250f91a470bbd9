/** The environment of Auth, real or stand-in: one place for the lab and for tests that start one of their own. */
export interface AuthPlace {
  readonly port: number;
  /** As supabase_auth_admin, whose search_path is `auth`. */
  readonly databaseUrl: string;
  readonly jwtSecret: string;
  /** The site that links lead back to. */
  readonly siteUrl: string;
  /** The gateway, where links are opened. */
  readonly gatewayUrl: string;
  readonly smtp: { readonly port: number; readonly user: string; readonly password: string };
}

export const authSettings = (place: AuthPlace): Record<string, string> => ({
  PORT: String(place.port),
  GOTRUE_API_HOST: '127.0.0.1',
  API_EXTERNAL_URL: `${place.gatewayUrl}/auth/v1`,
  DATABASE_URL: place.databaseUrl,
  GOTRUE_DB_DRIVER: 'postgres',
  GOTRUE_SITE_URL: place.siteUrl,
  GOTRUE_URI_ALLOW_LIST: `${place.siteUrl}/**`,
  GOTRUE_JWT_SECRET: place.jwtSecret,
  GOTRUE_JWT_EXP: '3600',
  GOTRUE_JWT_AUD: 'authenticated',
  GOTRUE_JWT_DEFAULT_GROUP_NAME: 'authenticated',
  GOTRUE_JWT_ADMIN_ROLES: 'service_role',
  GOTRUE_EXTERNAL_EMAIL_ENABLED: 'true',
  GOTRUE_MAILER_OTP_EXP: '86400',
  // The gateway's path: the one of API_EXTERNAL_URL is dropped when a link is made.
  GOTRUE_MAILER_URLPATHS_CONFIRMATION: '/auth/v1/verify',
  GOTRUE_MAILER_URLPATHS_EMAIL_CHANGE: '/auth/v1/verify',
  GOTRUE_MAILER_URLPATHS_INVITE: '/auth/v1/verify',
  GOTRUE_MAILER_URLPATHS_RECOVERY: '/auth/v1/verify',
  GOTRUE_MAILER_SUBJECTS_RECOVERY: 'Choisissez votre nouveau mot de passe',
  GOTRUE_MAILER_TEMPLATES_RECOVERY: `${place.gatewayUrl}/lab/mails/recovery.html`,
  GOTRUE_SMTP_HOST: '127.0.0.1',
  GOTRUE_SMTP_PORT: String(place.smtp.port),
  GOTRUE_SMTP_USER: place.smtp.user,
  GOTRUE_SMTP_PASS: place.smtp.password,
  GOTRUE_SMTP_ADMIN_EMAIL: 'bonjour@trading-journal.test',
  GOTRUE_SMTP_SENDER_NAME: 'Trading Journal',
  // A minute in a real project. A rehearsal that skips its waits comes to the canary's second mail before that.
  GOTRUE_SMTP_MAX_FREQUENCY: '5s',
  // A plain number is per hour. Enough for every rehearsal; a real project starts at 30.
  GOTRUE_RATE_LIMIT_EMAIL_SENT: '100000',
});

/** Each can be set when the lab is started: `GOTRUE_RATE_LIMIT_EMAIL_SENT=30 npm run lab -- up`. */
export const givenSettings = (env: NodeJS.ProcessEnv = process.env): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[0].startsWith('GOTRUE_') && entry[1] !== undefined,
    ),
  );
