import { entry } from './entry.ts';

/** RB213 and up: what values mean together. */
export const loadMeaning = {
  RB213: entry<{ at: string; step: string; before: string }>({
    exit: 2,
    message: ({ at, step, before }) => `\`at\` goes back: ${at}, but "${step}" above starts at ${before}`,
    remedy: () => 'List order is run order: move the step up, or give it a later `at`',
  }),
  RB214: entry<{ at: string; edge: 'opens' | 'hard_stop'; limit: string }>({
    exit: 2,
    message: ({ at, edge, limit }) =>
      edge === 'opens'
        ? `${at} is before the window opens (${limit})`
        : `${at} is after the hard stop (${limit})`,
    remedy: () => 'Move the step, or the window',
  }),
  RB215: entry<{ opens: string; hardStop: string }>({
    exit: 2,
    message: ({ opens, hardStop }) => `The window opens at ${opens}, not before its hard stop at ${hardStop}`,
    remedy: () => 'Let `opens` be earlier than `hard_stop`',
  }),
  RB216: entry<{ before: string }>({
    exit: 2,
    message: ({ before }) => `The point of no return has no gate directly before it, but ${before}`,
    remedy: () => 'Put a step of type gate on the line before: nobody crosses without a decision',
  }),
  RB217: entry<{ after: string }>({
    exit: 2,
    message: ({ after }) => `The point of no return has no act directly after it, but ${after}`,
    remedy: () => 'Put the step that cannot be taken back right after the line',
  }),
  RB218: entry<{ firstLine: number }>({
    exit: 2,
    message: ({ firstLine }) => `A second point of no return; the first is on line ${firstLine}`,
    remedy: () => 'Keep the first: after it there is no way back anyway',
  }),
  RB219: entry<{ what: string }>({
    exit: 2,
    message: ({ what }) => `${what} cannot stand inside \`parallel\`: only acts run side by side`,
    remedy: () => 'Move it before or after the parallel block',
  }),
  RB220: entry<{
    type: string;
    why: 'takes none' | 'required' | 'wrong kind';
    kinds: readonly string[];
    got: string;
    /** Where it is named; default: `target`. */
    key?: string;
  }>({
    exit: 2,
    message: ({ type, why, kinds, got, key = 'target' }) =>
      why === 'takes none'
        ? `${type} takes no \`target\``
        : why === 'required'
          ? `${type} needs a \`target\` of type ${kinds.join(' or ')}`
          : `${type} needs a \`${key}\` of type ${kinds.join(' or ')}, not ${got}`,
    remedy: ({ why }) =>
      why === 'takes none' ? 'Remove it; `run_on` says where the step executes' : 'Name one of `targets`',
  }),
  RB221: entry<{ target: string; type: string }>({
    exit: 2,
    message: ({ target, type }) => `Nothing can run on "${target}": it is a service (${type}), not a place`,
    remedy: () => 'Name the service as `target`, and a place here',
  }),
  RB222: entry<{ target: string; why: string }>({
    exit: 2,
    message: ({ target, why }) => `Target "${target}" cannot go through \`via\`: ${why}`,
    remedy: () => 'Name a place (an ssh target) that itself can be reached, or remove `via`',
  }),
  RB223: entry<{ type: string; role: string }>({
    exit: 2,
    message: ({ type, role }) =>
      `${role === 'item' ? 'An' : 'A'} ${role} only reads, but ${type} with this input may write`,
    remedy: () => 'Use a read here, or make it a step of its own',
  }),
  RB224: entry<{ step: string; type: string }>({
    exit: 2,
    message: ({ step, type }) =>
      `"${step}" writes before the point of no return, and ${type} cannot undo itself`,
    remedy: () =>
      'Give it `rollback: { undo: [...] }`, or say why there is none: `rollback: { undo: { none: "..." } }`',
  }),
  RB225: entry<object>({
    exit: 2,
    message: () => 'The gate decides nothing',
    remedy: () => 'Give it at least one of `require`, `criteria` and `prompt`',
  }),
  RB226: entry<object>({
    exit: 2,
    message: () => 'The gate has a `prompt`, but no approvers',
    remedy: () => 'Add `approvers`',
  }),
  RB227: entry<{ step: string; gate: string }>({
    exit: 2,
    message: ({ step, gate }) => `"${gate}" requires "${step}", which does not run before it`,
    remedy: () => 'Require steps that stand above the gate',
  }),
  RB228: entry<{ path: string; why: string }>({
    exit: 2,
    message: ({ path, why }) => `Cannot read ${path}: ${why}`,
    remedy: () => 'Paths are relative to the folder of the runbook',
  }),
  RB229: entry<{ field: string }>({
    exit: 2,
    message: ({ field }) =>
      `A secret may not stand in \`${field}\`: it would end on a command line, in a file or in the journal`,
    remedy: () => 'Pass it by `env` or `stdin`, or by a field made for secrets',
  }),
  RB230: entry<{ where: string }>({
    exit: 2,
    message: ({ where }) => `No expression may stand in ${where}`,
    remedy: () => 'Write the value itself; names and types are read in review',
  }),
  RB231: entry<{ key: string }>({
    exit: 2,
    message: ({ key }) => `A map with only the key "${key}" is how the engine marks its own values`,
    remedy: () => 'Name secrets by "${{ secrets.NAME }}"; for data, use another key',
  }),
  RB232: entry<{ step: string }>({
    exit: 2,
    message: ({ step }) => `"${step}" only reads: there is nothing to undo`,
    remedy: () => 'Remove `rollback`',
  }),
  RB233: entry<{ step: string; what: string }>({
    exit: 2,
    message: ({ step, what }) =>
      `"${step}" stands after the point of no return, where ${what} never comes to pass`,
    remedy: () => 'Remove it, and write the way out into the `forward_fix`',
  }),
  RB234: entry<{ type: string; only: 'local' | 'ssh' }>({
    exit: 2,
    message: ({ type, only }) =>
      `${type} runs ${only === 'ssh' ? 'on ssh targets only' : 'on the local machine only'}`,
    remedy: ({ only }) => (only === 'ssh' ? 'Give it `run_on` with an ssh target' : 'Remove `run_on`'),
  }),
  RB235: entry<{ needed: number; approvers: number }>({
    exit: 2,
    message: ({ needed, approvers }) =>
      `The gate needs ${needed} approvals, but has ${approvers} ${approvers === 1 ? 'approver' : 'approvers'}`,
    remedy: () => 'Lower `min_approvals`, or name more approvers',
  }),
  RB236: entry<object>({
    exit: 2,
    message: () => '`on_timeout` has no effect without `timeout`',
    remedy: () => 'Add `timeout`',
  }),
  RB237: entry<{ key: string }>({
    exit: 2,
    message: ({ key }) => `\`${key}\` is about an answer, but the gate has no \`prompt\``,
    remedy: () => 'Add a `prompt`, or remove it',
  }),
  RB238: entry<{ key: string }>({
    exit: 2,
    message: ({ key }) => `\`${key}\` belongs to an undo, but this step declares that it has none`,
    remedy: ({ key }) => `Remove \`${key}\``,
  }),
  RB239: entry<{ step: string; ends: string; starts: string }>({
    exit: 2,
    message: ({ step, ends, starts }) => `"${step}" would end at ${ends}, but starts at ${starts}`,
    remedy: () => 'Let it end later',
  }),
  RB240: entry<{ step: string }>({
    exit: 2,
    message: ({ step }) => `"${step}" would never end: it has neither \`count\` nor \`background.until\``,
    remedy: () => 'Add `count`, or `background: { until: T+40m }`',
  }),
  RB241: entry<{ item: string; line: number }>({
    exit: 2,
    message: ({ item, line }) => `The item id "${item}" is taken by the item on line ${line}`,
    remedy: () => 'Rename one of them',
  }),
  RB242: entry<{ step: string; gate: string }>({
    exit: 2,
    message: ({ step, gate }) =>
      `"${gate}" requires "${step}", which runs in the background and may not be over by then`,
    remedy: () => 'Give the gate an `at` that is not before the `until` of the watch, or do not require it',
  }),
  RB243: entry<{ key: string }>({
    exit: 2,
    message: ({ key }) => `\`${key}\` is about samples, but the watch has no \`samples\``,
    remedy: () => 'Add `samples`',
  }),
  RB244: entry<{ item: string }>({
    exit: 2,
    message: ({ item }) => `A person answers "${item}", but the checklist has no approvers`,
    remedy: () => 'Add `approvers`, or give the item a `check`',
  }),
  RB245: entry<{ label: string; what: string; remedy: string }>({
    exit: 2,
    message: ({ label, what }) => `Not a read in ${label}: ${what}`,
    remedy: ({ remedy }) => remedy,
  }),
  RB246: entry<{ key: string }>({
    exit: 2,
    message: ({ key }) => `\`${key}\` is about people's answers, but every item has a \`check\``,
    remedy: ({ key }) => `Remove \`${key}\``,
  }),
} as const;
