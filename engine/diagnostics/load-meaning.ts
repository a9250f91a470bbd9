import { entry } from './entry.ts';
import { type ReadFault, readFault } from './read-fault.ts';

/** Why a target is not reached through another one. */
type ViaFault =
  | { readonly kind: 'reached-directly'; readonly type: string }
  | { readonly kind: 'is-a-service'; readonly via: string; readonly type: string | null }
  | { readonly kind: 'loop'; readonly at: string };

const viaFault = (fault: ViaFault): string => {
  switch (fault.kind) {
    case 'reached-directly':
      return `a target of type ${fault.type} is reached directly`;
    case 'is-a-service':
      return `"${fault.via}" is a service (${fault.type ?? 'of an unknown type'})`;
    case 'loop':
      return `it forms a loop at "${fault.at}"`;
  }
};

/** RB213 and up: what values mean together. */
export const loadMeaning = {
  RB213: entry<{ at: string; step: string; before: string }>({
    exit: 2,
    message: ({ at, step, before }) => `\`at\` is ${at}, but "${step}" above starts later, at ${before}`,
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
    message: ({ opens, hardStop }) =>
      `The window opens at ${opens}, which is not before its hard stop at ${hardStop}`,
    remedy: () => 'Make `opens` earlier than `hard_stop`',
  }),
  RB216: entry<{ before: string }>({
    exit: 2,
    message: ({ before }) => `A gate must be directly before the point of no return, not ${before}`,
    remedy: () => 'Put a step of type gate directly before it: the point of no return needs a decision',
  }),
  RB217: entry<{ after: string }>({
    exit: 2,
    message: ({ after }) => `An act must be directly after the point of no return, not ${after}`,
    remedy: () => 'Put the step that cannot be undone directly after the point of no return',
  }),
  RB218: entry<{ firstLine: number }>({
    exit: 2,
    message: ({ firstLine }) => `A second point of no return; the first is on line ${firstLine}`,
    remedy: () => 'Keep only the first: after it, no rollback is possible',
  }),
  RB219: entry<{ what: string }>({
    exit: 2,
    message: ({ what }) => `${what} cannot be inside \`parallel\`: only acts run in parallel`,
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
      why === 'takes none'
        ? 'Remove it; `run_on` says where the step executes'
        : 'Give the name of one of `targets`',
  }),
  RB221: entry<{ target: string; type: string }>({
    exit: 2,
    message: ({ target, type }) => `Nothing can run on "${target}": it is a service (${type}), not a place`,
    remedy: () => 'Give the service as `target`, and a place (an ssh target or `local`) here',
  }),
  RB222: entry<{ target: string; fault: ViaFault }>({
    exit: 2,
    message: ({ target, fault }) => `Target "${target}" cannot go through \`via\`: ${viaFault(fault)}`,
    remedy: () => 'Give an ssh target that can itself be reached, or remove `via`',
  }),
  RB223: entry<{ type: string; role: string }>({
    exit: 2,
    message: ({ type, role }) =>
      `${role === 'item' ? 'An' : 'A'} ${role} must only read, but ${type} with this input may write`,
    remedy: () => 'Use a step type that only reads, or make this a separate step',
  }),
  RB224: entry<{ step: string; type: string }>({
    exit: 2,
    message: ({ step, type }) =>
      `"${step}" writes before the point of no return, and ${type} cannot undo itself`,
    remedy: () =>
      'Give it `rollback: { undo: [...] }`, or say why no undo is possible: `rollback: { undo: { none: "..." } }`',
  }),
  RB225: entry<object>({
    exit: 2,
    message: () => 'The gate has nothing to decide',
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
    remedy: () => 'Require only steps above the gate',
  }),
  RB228: entry<{ path: string; fault: ReadFault }>({
    exit: 2,
    message: ({ path, fault }) => `Cannot read ${path}: ${readFault(fault)}`,
    remedy: () => 'Paths are relative to the folder of the runbook',
  }),
  RB229: entry<{ field: string }>({
    exit: 2,
    message: ({ field }) =>
      `A secret is not allowed in \`${field}\`: it would appear on a command line, in a file or in the journal`,
    remedy: () => 'Pass it by `env` or `stdin`, or by a field made for secrets',
  }),
  RB230: entry<{ where: string }>({
    exit: 2,
    message: ({ where }) => `No expression is allowed in ${where}`,
    remedy: () => 'Write the value itself: reviewers need to see names and types',
  }),
  RB231: entry<{ key: string }>({
    exit: 2,
    message: ({ key }) =>
      `A map with only the key "${key}" is reserved: the engine marks its own values with it`,
    remedy: () => 'For a secret write "${{ secrets.NAME }}"; for other data use another key',
  }),
  RB232: entry<{ step: string }>({
    exit: 2,
    message: ({ step }) => `"${step}" only reads: there is nothing to undo`,
    remedy: () => 'Remove `rollback`',
  }),
  RB233: entry<{ step: string; what: string }>({
    exit: 2,
    message: ({ step, what }) => `"${step}" is after the point of no return: ${what} has no effect there`,
    remedy: () => 'Remove it, and describe what to do instead in the `forward_fix`',
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
    message: ({ key }) => `\`${key}\` belongs to an undo, but this step has no undo`,
    remedy: ({ key }) => `Remove \`${key}\``,
  }),
  RB239: entry<{ step: string; ends: string; starts: string }>({
    exit: 2,
    message: ({ step, ends, starts }) => `"${step}" would end at ${ends}, but starts at ${starts}`,
    remedy: () => 'Give it a later end',
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
      `"${gate}" requires "${step}", which runs in the background and may not have ended by then`,
    remedy: () =>
      'Give the gate an `at` that is not before the `until` of the watch, or remove it from `require`',
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
  RB247: entry<{ label: string; what: string; remedy: string }>({
    exit: 2,
    message: ({ label, what }) => `${label}: ${what}`,
    remedy: ({ remedy }) => remedy,
  }),
  RB246: entry<{ key: string }>({
    exit: 2,
    message: ({ key }) => `\`${key}\` is about people's answers, but every item has a \`check\``,
    remedy: ({ key }) => `Remove \`${key}\``,
  }),
} as const;
