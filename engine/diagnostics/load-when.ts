import { entry } from './entry.ts';

/** RB285 to RB289: steps that may be skipped. */
export const loadWhen = {
  RB285: entry<{ step: string; member: string; why: string }>({
    exit: 2,
    message: ({ step, member, why }) =>
      `${member === 'output' ? 'The output' : `\`${member}\``} of "${step}" may be missing: ${why}`,
    remedy: ({ step }) =>
      `Write steps['${step}'].ran && ..., or steps['${step}'].ran ? ... : ..., or give this step \`when: steps['${step}'].ran\``,
  }),
  RB286: entry<{ step: string; gate: string; why: string }>({
    exit: 2,
    message: ({ step, gate, why }) => `"${gate}" requires "${step}", which may not run: ${why}`,
    remedy: ({ step }) =>
      `Remove the \`when\` of "${step}", or remove it from \`require\` and judge what it did by a criterion, such as !steps['${step}'].ran || ...`,
  }),
  RB287: entry<{ step: string; side: 'before' | 'after' }>({
    exit: 2,
    message: ({ step, side }) =>
      side === 'before'
        ? `"${step}" decides on the point of no return and must always be asked: it takes no \`when\``
        : `"${step}" crosses the point of no return and must always run: it takes no \`when\``,
    remedy: ({ side }) =>
      side === 'before'
        ? 'Remove `when`. What must be true for a go belongs into `criteria`'
        : 'Remove `when`. What must be true before it belongs into its `preconditions`, or into the gate before it',
  }),
  RB288: entry<object>({
    exit: 2,
    message: () => '`when` is one expression: text beside its ${{ }} would not be evaluated',
    remedy: () => 'Put all of it into one ${{ }}, or write it without ${{ }}',
  }),
  RB289: entry<object>({
    exit: 2,
    message: () =>
      'The `when` of a group is decided when the runbook is loaded: only vars and `each` can be used',
    remedy: () => 'Give the `when` to each step of the group that may be skipped',
  }),
  RB255: entry<{ steps: number }>({
    exit: 2,
    message: ({ steps }) =>
      `Nothing is left to run: the \`when\` of ${steps === 1 ? 'the only step' : `all ${steps} steps`} is false with these vars`,
    remedy: () => 'Check the vars that the conditions read',
  }),
} as const;
