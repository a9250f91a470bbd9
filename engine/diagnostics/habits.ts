/** Words of other tools, and their equivalent in this language. */

/** `key`: in place of a key. `type`: in place of a step type. `not available` where this language has nothing for it. */
interface Habit {
  readonly words: string;
  readonly says: string;
}

const command = '`type: command`, with `run` under `with`: a text for a script, a list for one program';
const gate = 'a step of `type: gate` with `prompt` and `approvers`';
const wait = 'a step of `type: wait` with `for: 30s` under `with`, or `at` on the next step';
const check = '`type: http.check` with `url` under `with`';
const notify = 'a step of `type: notify`';
const together = '`parallel:` in the list, with the steps that run together under it';
const noLoop = 'not available: write one step for each, or a `command` with a loop';
const condition = '`when`, on a step: it is skipped where it is false. A failed `precondition` stops the run';
const noInclude = 'not available: a runbook is one file';
const folder = '`cwd` under `with` of a `command`';
const goOn = '`on_failure: continue`';

const keys: readonly Habit[] = [
  { words: 'if when unless only except only_if skip_if', says: condition },
  {
    words: 'loop with_items with_list for_each foreach matrix strategy with_dict',
    says: noLoop,
  },
  {
    words: 'register save_output outputs',
    says: "not needed: every output is recorded, and is used as ${{ steps['ID'].output.FIELD }}",
  },
  {
    words: 'needs depends depends_on depends-on dependencies requires after before',
    says: `the order of the list: a step starts when those before it have ended. For steps that run together: ${together}`,
  },
  { words: 'include import include_tasks import_tasks import_playbook uses extends', says: noInclude },
  {
    words: 'become become_user become_method sudo run_as user_name',
    says: 'the `user` of the ssh target, or `sudo -n` as the first words of a `command`',
  },
  {
    words: 'env environment environments',
    says: '`env` under `with` of a `command`. For a value that several steps need use a var; use one vars file for each environment',
  },
  { words: 'shell bash sh script cmd exec command commands run args argv', says: command },
  {
    words: 'working-directory working_directory workdir working_dir chdir dir cd',
    says: folder,
  },
  {
    words:
      'continue-on-error continue_on_error ignore_errors ignore-errors allow_failure allow-failure failed_when fail_fast fail-fast',
    says: goOn,
  },
  {
    words:
      'timeout-minutes timeout_minutes timeout-seconds timeout_seconds timeout_in_minutes deadline max_time',
    says: '`timeout` with a unit, as in `timeout: 5m`',
  },
  {
    words: 'retries attempts max_attempts',
    says: '`retry: { limit: 2, interval: 5s }` for an act; a `verify` is read again until it passes',
  },
  { words: 'approval approve approvals manual reviewers confirm input', says: gate },
  { words: 'sleep pause wait wait_for start_in', says: wait },
  {
    words: 'until every for poll polling interval',
    says: '`until` with `every` and `for`, beside a `type` that only reads; a watch has `success_condition`, a wait has `for` under `with`',
  },
  { words: 'http uri url curl get_url request', says: check },
  { words: 'slack teams webhook notify notification notifications mail', says: notify },
  {
    words: 'proxy_jump proxyjump ProxyJump jump_host jumphost bastion proxy_command ProxyCommand gateway',
    says: '`via`, with the name of the ssh target to connect through',
  },
  {
    words:
      'private_key private_key_file identity_file IdentityFile identity ssh_key ssh_private_key ansible_ssh_private_key_file key pem',
    says: '`key_file`, a file with the private key',
  },
  {
    words: 'host_key_checking StrictHostKeyChecking strict_host_key_checking insecure',
    says: '`known_hosts` or `fingerprint`: a host key is always checked',
  },
  {
    words: 'hosts host runs-on runs_on agent node delegate_to on_host',
    says: '`run_on`, with the name of an ssh target or `local`',
  },
  { words: 'tasks jobs stages plays pipeline actions workflow', says: '`steps`, one list' },
  {
    words: 'handlers always finally rescue on_error on-error catch undo revert compensate on_rollback',
    says: '`rollback: { undo: ... }`; for what happens when a step fails: `on_failure`',
  },
  {
    words: 'inputs params parameters arguments options properties',
    says: '`with` of the step; for the whole runbook, `vars`',
  },
  { words: 'start start_at start-at schedule cron time', says: '`at`, as in `at: T-30m`' },
  { words: 'duration estimate estimated_duration', says: '`expected`, as in `expected: 5m`' },
  { words: 'tags tag labels', says: 'not available: the whole list runs' },
  {
    words: 'check_mode dry_run dry-run changed_when',
    says: 'not available: `--dry-run` rehearses every step',
  },
  {
    words: 'set_fact let variables',
    says: '`vars`, known before the run; what a step finds out is its output',
  },
];

const types: readonly Habit[] = [
  {
    words:
      'shell bash sh script exec run cmd local ssh ssh.exec local_exec local-exec remote-exec raw powershell',
    says: command,
  },
  {
    words: 'approval approve manual manual_approval manual-approval input confirm prompt human decision',
    says: gate,
  },
  { words: 'sleep pause delay timer wait_for wait-for', says: wait },
  {
    words: 'http https http.request http.get http.post uri url curl get_url healthcheck health_check smoke',
    says: check,
  },
  { words: 'slack teams webhook notification chat pagerduty slack.post', says: notify },
  { words: 'mail email smtp sendmail', says: '`type: email.send`' },
  {
    words: 'copy template upload file write lineinfile blockinfile scp sftp',
    says: '`type: file.write`; for a `.env` file, `env.edit`',
  },
  { words: 'delete remove rm unlink', says: '`type: file.remove`' },
  {
    words: 'sql query mysql postgres postgresql mariadb psql db',
    says: '`type: mysql.query` or `postgres.query`',
  },
  { words: 'git checkout clone actions/checkout', says: '`type: git.checkout`' },
  { words: 'pm2 restart reload service systemd', says: '`type: pm2.reload`, or `command` with systemctl' },
  { words: 'parallel group block', says: together },
  { words: 'if when condition switch', says: condition },
  { words: 'loop for foreach for_each matrix', says: noLoop },
  { words: 'include import uses call runbook', says: noInclude },
  {
    words: 'set set_fact var vars let',
    says: '`vars`, known before the run; what a step finds out is its output',
  },
  { words: 'rollback undo', says: '`rollback: { undo: ... }` of the step that is undone' },
  {
    words: 'echo debug print log',
    says: '`name` and `description` of a step; results are shown automatically',
  },
  { words: 'todo manual_step manual-step task human_task', says: '`type: checklist`' },
  {
    words: 'point_of_no_return',
    says: 'an entry of its own in the list: `- point_of_no_return: { forward_fix: ./forward-fix.md }`',
  },
  { words: 'monitor probe poll', says: '`type: watch`' },
];

/** What an expression of another tool reads. */
const names: readonly Habit[] = [
  {
    words: 'env environ environment ENV',
    says: '`vars.NAME`, given with --vars or --var; for a secret `secrets.NAME`, with `{ env: NAME }` as its source',
  },
  {
    words: 'inputs params parameters var variables config local github gitlab ansible_facts hostvars',
    says: '`vars.NAME`',
  },
  { words: 'secret', says: '`secrets.NAME`' },
  { words: 'needs jobs tasks step outputs register', says: "`steps['ID'].output.FIELD`" },
  { words: 'item each matrix loop', says: noLoop },
];

const table = (habits: readonly Habit[]): ReadonlyMap<string, string> =>
  new Map(
    habits.flatMap(({ words, says }) => words.split(' ').map((word) => [word.toLowerCase(), says] as const)),
  );

const byKey = table(keys);
const byType = table(types);
const byName = table(names);

const sentence = (says: string | undefined, word: string): string | null => {
  if (says === undefined) return null;
  return says.startsWith('not ') ? `\`${word}\` is ${says}` : `In this language it is ${says}`;
};

/** What this language has instead of a key; null: no other known tool has this word. */
export const habitOfKey = (key: string): string | null => sentence(byKey.get(key.toLowerCase()), key);

/** What this language has instead of a step type. */
export const habitOfType = (type: string): string | null => sentence(byType.get(type.toLowerCase()), type);

/** What an expression of this language reads instead of a name. */
export const habitOfName = (name: string): string | null => sentence(byName.get(name.toLowerCase()), name);
