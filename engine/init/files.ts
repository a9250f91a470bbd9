/** All that `init` writes, and what to do next. */
import { policyFile } from '../policy/find.ts';
import type { Answers } from './answers.ts';
import { ciFiles, type Surroundings } from './ci-text.ts';
import type { InitFile } from './init-file.ts';
import {
  forwardFixText,
  knownHostsText,
  labVars,
  maintenanceText,
  policyText,
  productionVars,
} from './other-texts.ts';
import { runbookText } from './runbook-text.ts';

/** @param schema the JSON Schema that the first line of the runbook names */
export const filesOf = (answers: Answers, around: Surroundings, schema: string): readonly InitFile[] => {
  const own = (path: string, text: string): InitFile => ({ in: 'folder', path, text });
  return [
    own(`${answers.name}.yaml`, runbookText(answers)),
    own('forward-fix.md', forwardFixText(answers)),
    own('maintenance.html', maintenanceText()),
    ...(answers.servers.length > 0 ? [own('known_hosts', knownHostsText(answers))] : []),
    own('vars/lab.yaml', labVars(answers)),
    own('vars/production.example.yaml', productionVars(answers)),
    own(policyFile, policyText()),
    own('runbook.schema.json', schema),
    ...ciFiles(answers, around),
  ];
};

/** @param go how to get to the folder from here; null: it is here */
export const nextSteps = ({ name, servers, database, ci }: Answers, go: string | null): readonly string[] => [
  'Next:',
  ...(go === null ? [] : [`  cd ${go}`]),
  `  runbook validate ${name}.yaml --vars vars/lab.yaml     # it is valid; keep it so`,
  `  runbook what-if ${name}.yaml --vars vars/lab.yaml      # what every single fault would lead to`,
  `  runbook fmt --check ${name}.yaml vars/*.yaml`,
  'Then make it yours: the steps between "closed" and "still-closed", the values in vars/, forward-fix.md.',
  'Before the first run:',
  ...(servers.length > 0 ? ['  fill known_hosts; the comment in it says how'] : []),
  ...(database === 'none' ? [] : ['  export DATABASE_PASSWORD in the shell that runs it']),
  '  cp vars/production.example.yaml vars/production.yaml, and fill it in',
  `  runbook exec ${name}.yaml --vars vars/production.yaml --dry-run`,
  ...(ci === 'github'
    ? ['In .github/workflows/runbook-review.yml: fill in OWNER/REPOSITORY and COMMIT']
    : ci === 'gitlab'
      ? ['In .gitlab-ci.yml: include: { local: /.gitlab/runbook-review.yml }']
      : []),
  'Do not commit .runbook/: it holds the journals of your runs.',
];
