import type { TypeFile, TypeNames } from './own-type-names.ts';

export const templateTexts = ({ name, type }: TypeNames): readonly TypeFile[] => [
  { path: `${name}.yaml`, text: template },
  { path: `${name}.test.ts`, text: test(name, type) },
];

const template = `# A step type of its own. Calls: command, http.request, http.check, mysql.query, postgres.query, file.*
description: Sets the value in a file
input:
  path: { type: string, description: the file }
  value: { type: string, description: what it is to contain }

# Reads, made before anything is changed; kept for the undo.
before:
  type: command
  with: { run: [cat, "\${{ input.path }}"], effects: read }

run:
  type: command
  with:
    # A text for the shell takes no \${{ }}: values reach it by env.
    run: printf %s "$VALUE" > "$FILE"
    env: { FILE: "\${{ input.path }}", VALUE: "\${{ input.value }}" }

# Asked after a crash or a lost connection. Exit code 0: it happened; 1: it did not; any other: unknown.
probe:
  type: command
  with:
    run: test "$(cat "$FILE")" = "$VALUE"
    env: { FILE: "\${{ input.path }}", VALUE: "\${{ input.value }}" }

# Must be harmless where nothing was done, and where it ran already.
undo:
  type: command
  with:
    run: printf %s "$VALUE" > "$FILE"
    env: { FILE: "\${{ input.path }}", VALUE: "\${{ before.stdout }}" }

output:
  was: "\${{ before.stdout }}"

preview: set \${{ input.path }} to \${{ input.value }}

examples:
  - { title: Set a value, with: { path: /etc/app/setting, value: new } }
`;

const test = (name: string, type: string): string => `import { writeFile } from 'node:fs/promises';
import { templateType, testStepType } from '@runbook-engine/runbook/step/testing';

const type = await templateType(new URL('./${name}.yaml', import.meta.url), '${type}');

testStepType(type, [
  {
    title: 'a value that is another one',
    // A world that the step has not touched; \`dir\` is a folder of its own. The files in it are compared.
    async setUp({ dir }) {
      await writeFile(\`\${dir}/setting\`, 'old');
      return { with: { path: \`\${dir}/setting\`, value: 'new' } };
    },
  },
]);
`;
