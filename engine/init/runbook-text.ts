/** The runbook that `init` writes, with one line on each part. */
import { formatOffset } from '../load/duration.ts';
import { type Answers, approverId } from './answers.ts';
import { plain } from './plain.ts';
import { named, placesOf } from './servers.ts';
import { stepsText } from './steps.ts';

const v = (name: string): string => `"\${{ vars.${name} }}"`;

const lines = (...all: readonly (string | readonly string[])[]): string => all.flat().join('\n');

const varsSection = ({ servers, database }: Answers): string =>
  lines(
    '# What differs between environments. The values are in vars/; secrets never are.',
    'vars:',
    '  site: { type: string, required: true, description: The address that users type }',
    '  app_url: { type: string, required: true, description: The app behind the maintenance page }',
    named(servers).flatMap(({ suffix }) => [
      `  app_host${suffix}: { type: string, required: true }`,
      `  app_port${suffix}: { type: int, default: 22 }`,
      `  app_user${suffix}: { type: string, required: true }`,
    ]),
    '  current: { type: string, required: true, description: The link that the web server follows }',
    '  new_release: { type: string, required: true, description: "Its folder, built before the run" }',
    '  maintenance_flag: { type: string, required: true, description: "Where it is, the web server answers 503" }',
    database === 'none'
      ? []
      : [
          '  backups: { type: string, required: true, description: An existing folder }',
          '  database_host: { type: string, default: 127.0.0.1 }',
          '  database_user: { type: string, required: true }',
          '  database_name: { type: string, required: true }',
        ],
    '',
  );

const targetsSection = ({ servers, database }: Answers): string => {
  if (servers.length === 0 && database === 'none') return '';
  const [first] = named(servers);
  return lines(
    database === 'none'
      ? []
      : [
          '# By name only: the value is read when the run starts, and masked everywhere.',
          'secrets:',
          '  database_password: { env: DATABASE_PASSWORD }',
          '',
        ],
    '# Where steps act. A host has to prove its identity: see known_hosts.',
    'targets:',
    named(servers).flatMap(({ target, suffix }) => [
      `  ${target}:`,
      '    type: ssh',
      `    host: ${v(`app_host${suffix}`)}`,
      `    port: ${v(`app_port${suffix}`)}`,
      `    user: ${v(`app_user${suffix}`)}`,
      '    known_hosts: ./known_hosts',
      '    agent: true',
    ]),
    database === 'none'
      ? []
      : [
          '  database:',
          `    type: ${database}`,
          first ? [`    via: ${first.target}`] : [],
          `    host: ${v('database_host')}`,
          `    user: ${v('database_user')}`,
          '    password: "${{ secrets.database_password }}"',
          `    database: ${v('database_name')}`,
        ].flat(),
    '',
    '',
  );
};

const provenSection = ({ servers }: Answers): string => {
  const suffixes = placesOf(servers).map(({ suffix }) => suffix);
  const all = (fact: (suffix: string) => string): string => suffixes.map(fact).join(' && ');
  const closedOr = (s: string): string =>
    `(facts.maintenance${s} || facts.release${s} == 'old' || run.crossed)`;
  return lines(
    '# Read by `runbook what-if` only: what is true at the start, and what no single fault may break.',
    'facts:',
    suffixes.flatMap((s) => [`  maintenance${s}: false`, `  release${s}: old`]),
    '',
    'invariants:',
    '  - name: users reach the new release only after the point of no return',
    `    that: ${JSON.stringify(all(closedOr))}`,
    '    when: always',
    '    message: Users write to the new release while a rollback is still possible',
    '  - name: a rollback opens the old release again',
    `    that: ${JSON.stringify(`run.state != 'rolled-back' || (${all((s) => `!facts.maintenance${s} && facts.release${s} == 'old'`)})`)}`,
    '    message: The rollback is over, and the maintenance page or the new release is still there',
    '  - name: a success opens the new release',
    `    that: ${JSON.stringify(`run.state != 'succeeded' || (${all((s) => `!facts.maintenance${s} && facts.release${s} == 'new'`)})`)}`,
    '',
    '',
  );
};

export const runbookText = (answers: Answers): string => {
  const { name, approvers, opensMs, hardStopMs } = answers;
  return lines(
    '# yaml-language-server: $schema=./runbook.schema.json',
    `# ${name}: reviewed like code, executed once. Before a change is merged:`,
    `#   runbook validate ${name}.yaml --vars vars/lab.yaml`,
    `#   runbook what-if ${name}.yaml --vars vars/lab.yaml`,
    'version: 1',
    `name: ${plain(name)}`,
    '',
    '# Times count from T0, when users reach the new release. By the hard stop they do, or the old one is back.',
    'timeline:',
    `  window: { opens: ${formatOffset(opensMs)}, hard_stop: ${formatOffset(hardStopMs)} }`,
    '',
    varsSection(answers),
    `${targetsSection(answers)}# Who may answer the gate.`,
    'approvers:',
    approvers.map((approver) => `  ${approverId(approver)}: { name: ${plain(approver)} }`),
    '',
    '# For each step that does not say otherwise.',
    'defaults:',
    '  timeout: 2m',
    '  on_failure: rollback # or hold: stop and ask a person',
    '',
    `${provenSection(answers)}# In the order in which they run. A step with \`at\` waits for its time.`,
    'steps:',
    stepsText(answers),
  );
};
