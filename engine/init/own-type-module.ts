import type { TypeFile, TypeNames } from './own-type-names.ts';

export const moduleTexts = (names: TypeNames): readonly TypeFile[] => [
  { path: 'package.json', text: `${JSON.stringify({ private: true, type: 'module' }, null, 2)}\n` },
  { path: 'index.ts', text: index(names) },
  { path: 'step.ts', text: step(names) },
  { path: 'acts.ts', text: acts },
  { path: `${names.name}.test.ts`, text: test(names) },
];

const index = ({ code }: TypeNames): string => `import { withActs } from '@runbook-engine/runbook/step';
import { ${code} } from './step.ts';

/** \`contract\`: the version of the step contract that this is made for. The acts are imported on first use. */
export default { contract: 1, ...withActs(${code}, () => import('./acts.ts')) } as const;
`;

const step = ({
  code,
  type,
}: TypeNames): string => `/** What the type is: eager and pure, so that a runbook loads fast. */
import { defineStep, z } from '@runbook-engine/runbook/step';

const input = z.strictObject({
  path: z.string().min(1).describe('The file'),
  value: z.string().describe('What it is to contain'),
});

const output = z.strictObject({
  /** What the file contained before. */
  was: z.string(),
});

/** Read before anything is changed, and journaled: the undo restores it. */
const before = z.strictObject({ value: z.string() });

export type Input = z.output<typeof input>;
export type Output = z.output<typeof output>;
export type Before = z.output<typeof before>;

export const ${code} = defineStep({
  type: '${type}',
  summary: 'Sets the value in a file.',
  input,
  output,
  before,
  examples: [{ title: 'Set a value', with: { path: '/etc/app/setting', value: 'new' } }],
  places: ['local', 'ssh'],
  // After a crash where the probe cannot tell: ask a person. \`rerun\` only if a second time is harmless.
  onUnknown: 'ask',
  undoes: true,
  effects: () => 'write',
  preview: ({ path, value }) => \`set \${path} to \${value}\`,
});
`;

const acts = `/** What the type does; imported on first use. */
import { type ActContext, type StepActs, StepFailed } from '@runbook-engine/runbook/step';
import type { Before, Input, Output } from './step.ts';

/** Runs on this machine or over ssh: the shell of the place that the step runs on. */
const read = async (ctx: ActContext, { path }: Input): Promise<string> => {
  const shell = await ctx.connect('shell');
  const { exitCode, stdout } = await shell.exec(['cat', path], { signal: ctx.signal });
  if (exitCode !== 0) throw new StepFailed(\`\${path} cannot be read\`, { effect: 'none' });
  return new TextDecoder().decode(stdout);
};

const write = async (ctx: ActContext, path: string, value: string): Promise<void> => {
  const shell = await ctx.connect('shell');
  const script = 'printf %s "$1" > "$2"';
  const { exitCode } = await shell.exec(['sh', '-c', script, 'sh', value, path], { signal: ctx.signal });
  // \`some\`: it may have changed something, and it is known what. \`none\` is retried without a question.
  if (exitCode !== 0) throw new StepFailed(\`\${path} cannot be written\`, { effect: 'some' });
};

export const acts: StepActs<Input, Output, Before> = {
  // A dry run: reads only.
  async check(ctx, input) {
    const value = await read(ctx, input);
    return [{ level: 'verified', what: \`\${input.path} can be read: \${value.length} characters\` }];
  },
  prepare: async (ctx, input) => ({ value: await read(ctx, input) }),
  async run(ctx, { path, value }, before) {
    await write(ctx, path, value);
    return { done: true, output: { was: before.value } };
  },
  // Did it happen? Asked after a crash or a lost connection.
  async probe(ctx, input, before) {
    const value = await read(ctx, input);
    if (value === input.value) return { state: 'done', output: { was: before.value } };
    return value === before.value
      ? { state: 'not-done' }
      : { state: 'unknown', why: \`\${input.path} has a third value\` };
  },
  // Safe where nothing was done, and where it ran already.
  async undo(ctx, { path }, before) {
    await write(ctx, path, before.value);
    return { done: true, output: null };
  },
};
`;

const test = ({ name }: TypeNames): string => `import { writeFile } from 'node:fs/promises';
import { testStepType } from '@runbook-engine/runbook/step/testing';
import type from './index.ts';

// The contract as tests. ${name} is done when they pass with cases of its own.
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
