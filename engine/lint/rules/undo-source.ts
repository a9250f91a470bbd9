import type { ActStep, LintContext, LintedCall } from '../context.ts';
import type { Found, Rule } from '../rule.ts';
import { operands, type ShellCommand, type Word } from '../shell/command.ts';

/** They fail where their first operand is missing. */
const movers = new Set(['mv', 'cp', 'cat', 'gunzip', 'zcat', 'rsync', 'install']);

const sourcesOf = (command: ShellCommand): readonly Word[] => {
  const redirected = command.redirects.filter(({ operator }) => operator === '<').map(({ target }) => target);
  const [first] = movers.has(command.name) ? operands(command) : [];
  const archive =
    command.name === 'tar' && /^-?[a-z]*x/.test(command.args[0]?.text ?? '') ? command.args[1] : null;
  return [...redirected, ...(first ? [first] : []), ...(archive ? [archive] : [])];
};

const isPath = (text: string): boolean => /[/.]/.test(text);

const tests = new Set(['test', '[', '[[']);

export const undoReadsWhatTheActMakes: Rule = {
  code: 'RB704',
  name: 'undo-reads-what-may-be-missing',
  level: 'warning',
  page: {
    what: 'An undo that needs a file which its own act would have made',
    why: 'An act copied a configuration to `app.conf.bak` and then changed it. It failed before the copy. The undo, `mv app.conf.bak app.conf`, failed as well, since there was nothing to move, and the whole rollback was held at a step that had changed nothing. An undo also runs after an act that failed half-way.',
    bad: `steps:
  - id: settings
    type: command
    with:
      run: |
        cp /etc/app.conf /etc/app.conf.bak
        ./bin/change /etc/app.conf
      probe: { run: [./bin/change, --is-done] }
    rollback:
      undo:
        - type: command
          with:
            run: [mv, /etc/app.conf.bak, /etc/app.conf]
            probe: { run: [./bin/change, --is-undone] }`,
    good: `steps:
  - id: settings
    type: command
    with:
      run: |
        cp /etc/app.conf /etc/app.conf.bak
        ./bin/change /etc/app.conf
      probe: { run: [./bin/change, --is-done] }
    rollback:
      undo:
        - type: command
          with:
            run: if [ -f /etc/app.conf.bak ]; then mv /etc/app.conf.bak /etc/app.conf; fi
            probe: { run: [./bin/change, --is-undone] }`,
  },
  *check(context) {
    for (const step of context.acts) {
      if (step.step.undo.preconditions.length > 0) continue;
      const made = new Set(step.act.commands.flatMap(madeBy));
      if (made.size === 0) continue;
      for (const call of step.calls)
        if (call.site.role === 'undo' && !call.commands.some(({ name }) => tests.has(name)))
          yield* missing(context, step, call, made);
    }
  },
};

/** Files that a command may have made: the last operand of a copy, what output goes to. */
const madeBy = (command: ShellCommand): readonly string[] => {
  const copied = movers.has(command.name) ? operands(command).at(-1)?.text : undefined;
  const written = command.redirects
    .filter(({ operator }) => operator.startsWith('>'))
    .map(({ target }) => target.text);
  return [...written, ...(copied === undefined ? [] : [copied])].filter(isPath);
};

function* missing(
  context: LintContext,
  step: ActStep,
  call: LintedCall,
  made: ReadonlySet<string>,
): Generator<Found> {
  for (const command of call.commands)
    for (const word of sourcesOf(command))
      if (made.has(word.text))
        yield {
          at: context.atWord(call, word),
          step: step.id,
          message: `The undo needs ${word.text}, which is missing if "${step.id}" failed before it made that file`,
          remedy:
            'Make the file in a step of its own before this one, or test that it is there before it is used',
        };
}
