/** The steps of the runbook that `init` writes: a switch of a release behind a maintenance page. */
import { formatOffset } from '../load/duration.ts';
import { type Answers, approverId } from './answers.ts';
import { type Place, placesOf } from './servers.ts';

const indented = (text: string, by: number): string => text.replace(/^(?=.)/gm, ' '.repeat(by));

/** One act, or several side by side. */
const eachPlace = (places: readonly Place[], act: (place: Place) => string): string =>
  places.length === 1 ? places.map(act).join('') : `- parallel:\n${indented(places.map(act).join(''), 4)}`;

const runOn = ({ target }: Place): string => (target === null ? '' : `  run_on: ${target}\n`);
const inBraces = ({ target }: Place): string => (target === null ? '' : `run_on: ${target}, `);

const v = (name: string): string => `"\${{ vars.${name} }}"`;

/** Whole seconds: times in a runbook are read aloud. */
const at = (ms: number): string => formatOffset(Math.round(ms / 1000) * 1000);

const dumpOf = ({ database }: Answers, place: Place): string => {
  if (database === 'none') return '';
  const reachable = `# A wrong password shows now, not during the maintenance.
- id: database-reachable
  name: The database accepts our account
  expected: 5s
  type: ${database}.query
  target: database
  with: { sql: SELECT 1 AS one, expect: { value: 1 } }
  on_failure: hold

`;
  if (database === 'mysql')
    return `${reachable}- id: dump
  name: Dump the database
  expected: 2m
  type: mysql.dump
${runOn(place)}  target: database
  with: { path: "\${{ vars.backups }}/\${{ run.id }}.sql" }
  timeout: 10m

`;
  return `${reachable}- id: dump
  name: Dump the database
  expected: 2m
  type: command
${runOn(place)}  with:
    # A text runs in a shell and takes no \${{ }}: values and secrets reach it by env.
    run: pg_dump --format=custom --file="$FILE.part" && mv "$FILE.part" "$FILE"
    env:
      FILE: "\${{ vars.backups }}/\${{ run.id }}.dump"
      PGHOST: ${v('database_host')}
      PGUSER: ${v('database_user')}
      PGDATABASE: ${v('database_name')}
      PGPASSWORD: "\${{ secrets.database_password }}"
    # Asked when it is not known whether the command has ended.
    probe: { run: 'test -s "$FILE"' }
  timeout: 10m
  rollback: { undo: { none: The dump is kept } }

`;
};

const maintenanceOn = (place: Place): string => `- id: maintenance-on${place.dash}
  name: Show the maintenance page
  expected: 5s
  type: file.write
${runOn(place)}  with: { path: ${v('maintenance_flag')}, content_file: ./maintenance.html, mode: "0644" }
  sets: { maintenance${place.suffix}: true }
  rollback: # users come back only to an app that answers
    preconditions:
      - { type: http.check, ${inBraces(place)}with: { url: ${v('app_url')}, status: 200 }, retry: { limit: 20, interval: 1s } }
`;

const release = (place: Place): string => `- id: release${place.dash}
  name: Switch to the new release
  expected: 5s
  type: release.switch
${runOn(place)}  with: { link: ${v('current')}, to: ${v('new_release')} }
  sets: { release${place.suffix}: new }
  # A verify is a read. It is retried until it passes; the act itself is not.
  verify:
    - { type: http.check, ${inBraces(place)}with: { url: ${v('app_url')}, status: 200 }, retry: { limit: 20, interval: 1s } }
`;

const maintenanceOff = (place: Place): string => `- id: maintenance-off${place.dash}
  name: Remove the maintenance page
  expected: 5s
  type: file.remove
${runOn(place)}  with: { path: ${v('maintenance_flag')} }
  sets: { maintenance${place.suffix}: false }
  on_failure: hold
`;

/** The first step of a group has the planned time; in a parallel block each act has it. */
const planned = (text: string, ms: number): string =>
  text.replace(/^( *)expected:/gm, (line, indent) => `${indent}at: ${at(ms)}\n${line}`);

export const stepsText = (answers: Answers): string => {
  const { opensMs, hardStopMs, approvers, database } = answers;
  const places = placesOf(answers.servers);
  const [first = places[0]] = places;
  const require = [
    ...(database === 'none' ? [] : ['dump']),
    ...places.map(({ dash }) => `release${dash}`),
    'still-closed',
  ];
  const text = `# ── ${at(opensMs)}: checks, while users still work ──
- id: site-up
  name: The site is up before anything changes
  at: ${at(opensMs)}
  expected: 5s
  type: http.check
  with: { url: ${v('site')}, status: 200 }
  on_failure: hold

${dumpOf(answers, first ?? { target: null, suffix: '', dash: '' })}# ── ${at(opensMs / 3)}: maintenance begins. Each act has an undo; it runs if a later step fails ──
${eachPlace(places, (place) => planned(maintenanceOn(place), opensMs / 3))}
- id: closed
  name: Users see the maintenance page
  expected: 5s
  type: http.check
  with: { url: ${v('site')}, status: 503 }
  retry: { limit: 5, interval: 1s }

# Your own steps stand here: \`runbook steps\` lists the types.
${eachPlace(places, release)}
- id: still-closed
  name: Users still see the maintenance page
  expected: 5s
  type: http.check
  with: { url: ${v('site')}, status: 503 }

# ── Go or no-go: nobody has answered is not a go ──
- id: go-no-go
  name: Go or no-go
  at: ${at(opensMs / 15)}
  type: gate
  with:
    require: [${require.join(', ')}]
    prompt: Open the site with the new release?
    approvers: [${approvers.map(approverId).join(', ')}]
    timeout: 10m
    on_timeout: hold
    on_no_go: rollback

# After this line a rollback is refused, and the forward fix is shown.
- point_of_no_return:
    forward_fix: ./forward-fix.md

# ── T0${places.length > 1 ? ': one server after the other' : ''} ──
${places.map((place, i) => (i === 0 ? planned(maintenanceOff(place), 0) : maintenanceOff(place))).join('\n')}
- id: open
  name: Users reach the new release
  expected: 5s
  type: http.check
  with: { url: ${v('site')}, status: 200 }
  retry: { limit: 5, interval: 1s }
  on_failure: hold

- id: still-open
  name: They still do some minutes later
  at: ${at(hardStopMs / 6)}
  expected: 5s
  type: http.check
  with: { url: ${v('site')}, status: 200 }
  on_failure: hold
`;
  return indented(text, 2);
};
