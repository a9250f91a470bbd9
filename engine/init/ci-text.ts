/** The review of each pull request, for the service that runs it. */
import type { Answers } from './answers.ts';
import type { InitFile } from './init-file.ts';

export interface Surroundings {
  /** From the root of the repository to the runbook, with `/`; empty: the root itself. */
  readonly folder: string;
  /** Of this program. */
  readonly version: string;
}

const github = ({
  folder,
  version,
}: Surroundings): string => `# One comment on each pull request that changes a runbook: what gets more dangerous, its plan, its lint.
name: Runbook review

on:
  pull_request:
    paths: [${JSON.stringify(folder === '' ? '**' : `${folder}/**`)}]

permissions:
  contents: read
  pull-requests: write

jobs:
  runbooks:
    # Fill in where the repository of runbook is, and the commit of it that you have looked at.
    uses: OWNER/REPOSITORY/.github/workflows/runbook-review.yml@COMMIT
    with:
      package: "@runbook-engine/runbook@${version}"
      folder: ${JSON.stringify(folder || '.')}
      vars: vars/lab.yaml
      fail-on: high
`;

const gitlab = ({
  folder,
  version,
}: Surroundings): string => `# On each merge request that changes a runbook: what gets more dangerous, its plan, its lint.
# In .gitlab-ci.yml:
#   include: { local: /.gitlab/runbook-review.yml }
runbook-review:
  image: node:24
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
      changes: [${JSON.stringify(folder === '' ? '**/*' : `${folder}/**/*`)}]
  variables:
    GIT_DEPTH: "0" # the whole history: a change is compared with the commit that the branch started from
  script:
    - npm install --global --ignore-scripts @runbook-engine/runbook@${version}
    - cd ${JSON.stringify(folder || '.')}
    - runbook review "$CI_MERGE_REQUEST_DIFF_BASE_SHA" "$CI_COMMIT_SHA" --vars vars/lab.yaml --fail-on high --out "$CI_PROJECT_DIR/runbook-review"
  artifacts:
    when: always
    paths: [runbook-review]
    reports:
      codequality: runbook-review/code-quality.json
`;

export const ciFiles = ({ ci }: Answers, around: Surroundings): readonly InitFile[] => {
  switch (ci) {
    case 'github':
      return [{ in: 'repository', path: '.github/workflows/runbook-review.yml', text: github(around) }];
    case 'gitlab':
      return [{ in: 'repository', path: '.gitlab/runbook-review.yml', text: gitlab(around) }];
    case 'none':
      return [];
  }
};
