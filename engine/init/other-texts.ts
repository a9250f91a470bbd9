/** What stands beside the runbook: vars, policy, forward fix, maintenance page, known hosts. */
import type { Answers, Server } from './answers.ts';
import { plain } from './plain.ts';
import { type NamedServer, named } from './servers.ts';

interface Environment {
  readonly head: readonly string[];
  server(given: NamedServer, index: number): Server;
  readonly site: string;
}

const varsText = ({ servers, database, name }: Answers, env: Environment): string =>
  [
    ...env.head,
    `site: ${env.site}`,
    'app_url: http://127.0.0.1:3000',
    ...named(servers).flatMap((given, i) => {
      const { host, port, user } = env.server(given, i);
      return [
        `app_host${given.suffix}: ${plain(host)}`,
        `app_port${given.suffix}: ${port}`,
        `app_user${given.suffix}: ${plain(user)}`,
      ];
    }),
    `current: /srv/${name}/current`,
    `new_release: /srv/${name}/releases/2.0.0`,
    `maintenance_flag: /var/lib/${name}/maintenance # outside of the release`,
    ...(database === 'none'
      ? []
      : [
          'backups: /var/backups',
          'database_host: 127.0.0.1',
          `database_user: migration`,
          `database_name: app`,
        ]),
    '',
  ].join('\n');

export const labVars = (answers: Answers): string =>
  varsText(answers, {
    head: [
      '# A place to rehearse in: the same steps, other servers. The rehearsal is what makes the plan true.',
    ],
    server: (_, i) => ({ host: 'localhost', port: 2222 + i, user: 'deploy' }),
    site: 'http://127.0.0.1:8080/',
  });

export const productionVars = (answers: Answers): string =>
  varsText(answers, {
    head: [
      '# Copy to production.yaml and fill in. No secret in here: the runbook names the environment variable that has it.',
    ],
    server: (given) => given,
    site: `https://${answers.name.replaceAll(/[._]/g, '-').replace(/-+$/, '')}.example/`,
  });

export const policyText =
  (): string => `# What the team demands of every runbook in this folder and below: checked by \`runbook lint\` and before each run.
version: 1

# CEL over the plan: true where the plan keeps to the rule. A rule is changed like code, by a reviewed commit.
rules:
  - name: a person decides
    that: plan.gates.exists(g, size(g.approvers) > 0)
    message: No gate of this runbook is answered by a person
  - name: there is a hard stop
    that: has(plan.window.hard_stop)
    message: The window has no hard_stop, so nobody knows when to stop trying
  - name: silence is never a go
    that: plan.gates.all(g, !g.allow_unattended)
    message: A gate can be passed without an answer

# Other levels for lint rules, such as \`RB701: error\`; \`off\` turns one off.
lint: {}
`;

export const forwardFixText = ({ name }: Answers): string => `# ${name}: fix forward

The point of no return is crossed: users write to the new release, and a rollback would lose what they wrote.
The engine shows this text when somebody asks for a rollback. Decide in this order:

1. Does it get worse? Show the maintenance page again first.
2. Is it the release? Put a repaired one beside it and switch to it.
3. Is it the data? Say who repairs it, and from which dump.

Write down what was decided, by whom and why.
`;

export const maintenanceText = (): string => `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>Maintenance</title>
  <p>We are working on this site. It will be back soon.</p>
</html>
`;

export const knownHostsText = (answers: Answers): string =>
  [
    '# Who the servers must prove to be. Fetch a line for each, and compare it with what their provider shows:',
    ...named(answers.servers).map(
      ({ host, port }) => `#   ssh-keyscan${port === 22 ? '' : ` -p ${port}`} ${host} >> known_hosts`,
    ),
    '',
  ].join('\n');
