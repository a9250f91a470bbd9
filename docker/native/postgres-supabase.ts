/** What makes a Postgres a Supabase: its roles, its schema `auth`, its default privileges. */
import pg from 'pg';

export interface RolePasswords {
  readonly app: string;
  readonly supabaseAuth: string;
  readonly authenticator: string;
}

/** Made once a cluster: other databases may still hold grants to them, so none is ever dropped. */
export const rolesSql = (passwords: RolePasswords): string => {
  const role = (name: string, attributes: string): string => `
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}') THEN CREATE ROLE ${name}; END IF;
END $$;
ALTER ROLE ${name} ${attributes};`;
  const login = (password: string): string => `LOGIN PASSWORD ${pg.escapeLiteral(password)}`;
  return [
    role('anon', 'NOLOGIN NOINHERIT'),
    role('authenticated', 'NOLOGIN NOINHERIT'),
    role('service_role', 'NOLOGIN NOINHERIT BYPASSRLS'),
    role('authenticator', `NOINHERIT ${login(passwords.authenticator)}`),
    role('supabase_auth_admin', `NOINHERIT CREATEROLE ${login(passwords.supabaseAuth)}`),
    // What `postgres` is in a hosted project: owner of what is public, and reader of auth in spite of its RLS.
    role('app', `BYPASSRLS ${login(passwords.app)}`),
    'ALTER ROLE supabase_auth_admin SET search_path = auth;',
    'GRANT anon, authenticated, service_role TO authenticator, app;',
  ].join('\n');
};

const everyKind = ['TABLES', 'SEQUENCES', 'ROUTINES'];

const grantByDefault = (owner: string, schema: string, to: string): string =>
  everyKind
    .map(
      (kind) =>
        `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA ${schema} GRANT ALL ON ${kind} TO ${to};`,
    )
    .join('\n');

/**
 * In the database itself. A table in `public` without RLS is open to everybody who has the anon key: that is
 * how Supabase ships, and what a cutover must look after.
 */
export const databaseSql = (database: string): string => `
CREATE SCHEMA IF NOT EXISTS auth AUTHORIZATION supabase_auth_admin;
GRANT CREATE ON DATABASE ${pg.escapeIdentifier(database)} TO supabase_auth_admin;
GRANT USAGE ON SCHEMA auth TO anon, authenticated, service_role, app;
GRANT USAGE ON SCHEMA public TO anon, authenticated, service_role;
${grantByDefault('supabase_auth_admin', 'auth', 'postgres, app')}
${grantByDefault('app', 'public', 'anon, authenticated, service_role')}
${grantByDefault('postgres', 'public', 'anon, authenticated, service_role')}
`;

/** Back to an empty project without restarting Auth, which makes its tables only when it starts. */
export const emptyDatabaseSql = `
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
  AND usename NOT IN ('supabase_auth_admin', 'authenticator');
DO $$
DECLARE
  name text;
BEGIN
  FOR name IN SELECT nspname FROM pg_namespace
    WHERE nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('information_schema', 'auth')
  LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', name);
  END LOOP;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'auth' AND tablename <> 'schema_migrations' LOOP
    EXECUTE format('TRUNCATE auth.%I CASCADE', name);
  END LOOP;
END $$;
CREATE SCHEMA public AUTHORIZATION pg_database_owner;
GRANT USAGE ON SCHEMA public TO PUBLIC;
`;
