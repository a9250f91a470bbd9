import { describe, expect, test } from 'vitest';
import { argsOf } from '../../../../engine/lint/shell/command.ts';
import { commandsOf } from '../../../../engine/lint/shell/commands-of.ts';

const shown = (run: string | readonly string[]) =>
  commandsOf(run, ['run']).map((command) => [command.name, ...argsOf(command)].join(' '));

test.each<[string | readonly string[], readonly string[]]>([
  ['git push --force', ['git push --force']],
  [['sudo', '-u', 'app', 'git', 'push'], ['git push']],
  ['env A=1 timeout 5 rm -rf /x', ['rm -rf /x']],
  ['A=1 B=2 rm -rf /x', ['rm -rf /x']],
  ['/usr/bin/rm -rf /x', ['rm -rf /x']],
  ['a && b || c; d &', ['a', 'b', 'c', 'd']],
  ['if a; then b; else c; fi', ['a', 'b', 'c']],
  ['f() { a; }; f', ['a', 'f']],
  ['echo "$(rm -rf /x)"', ['echo $(rm -rf /x)', 'rm -rf /x']],
  ["sh -c 'rm -rf /x; b'", ['sh -c rm -rf /x; b', 'rm -rf /x', 'b']],
  [
    ['bash', '-ec', 'a | b'],
    ['bash -ec a | b', 'a', 'b'],
  ],
  ["ssh -p 22 me@web 'rm -rf /x'", ['ssh -p 22 me@web rm -rf /x', 'rm -rf /x']],
  [
    ['ssh', 'web', 'rm', '-rf', '/x'],
    ['ssh web rm -rf /x', 'rm -rf /x'],
  ],
  ['find . -name x -exec rm -rf {} \\;', ['find . -name x -exec rm -rf {} ;', 'rm -rf {}']],
  ['command pm2 restart all', ['pm2 restart all']],
  ['exec -a x rm -rf /x', ['rm -rf /x']],
  ['command -v rm', ['command -v rm']],
  ["bash -s <<'EOF'\nrm -rf /x\nEOF", ['bash -s', 'rm -rf /x']],
  ['ssh web <<EOF\nrm -rf /x\nEOF', ['ssh web', 'rm -rf /x']],
  ['ssh web bash -s <<EOF\nrm -rf /x\nEOF', ['ssh web bash -s', 'rm -rf /x']],
  ['bash ./x.sh <<EOF\nrm -rf /x\nEOF', ['bash ./x.sh']],
  // No commands: a comment, a text, a document.
  ['a # rm -rf /x', ['a']],
  ["echo 'rm -rf /x'", ['echo rm -rf /x']],
  ['cat <<EOF\nrm -rf /x\nEOF', ['cat']],
  [['echo', 'a; rm -rf /x'], ['echo a; rm -rf /x']],
  [['${{ steps.a.output.stdout }}', '--force'], [' --force']],
])('%j', (run, expected) => {
  expect(shown(run)).toEqual(expected);
});

test('a script that is not finished gives what could be read of it', () => {
  expect(shown('a && (b')).toContain('a');
});

describe('places', () => {
  const at = (run: string, name: string) => {
    const found = commandsOf(run, ['run']).find((command) => command.name === name);
    const span = found?.program.span;
    return span ? run.slice(span.start, span.end) : (found?.program.path ?? null);
  };

  test.each([
    ['a; rm -rf /x', 'rm', 'rm'],
    ["sh -c 'a; rm -rf /x'", 'rm', 'rm'],
    ['ssh web "a; rm -rf /x"', 'rm', 'rm'],
    // Quotes inside move the words: the whole text is shown instead.
    ['sh -c "a \\"b\\"; rm -rf /x"', 'rm', '"a \\"b\\"; rm -rf /x"'],
  ])('%s', (run, name, expected) => {
    expect(at(run, name)).toEqual(expected);
  });

  test('in a list it is the item', () => {
    const [command] = commandsOf(['sudo', 'rm', '-rf', '/x'], ['probe', 'run']);
    expect(command?.program).toEqual({ text: 'rm', path: ['probe', 'run', 1], span: null });
  });
});

test('what reads the output, and what hides a failure', () => {
  const of = (run: string, name: string) => commandsOf(run, ['run']).find((command) => command.name === name);
  expect(of('a | b | c', 'a')?.pipedTo).toEqual(['b', 'c']);
  expect(of('a | b | c', 'c')?.pipedTo).toEqual([]);
  expect(of('a || true', 'a')?.ignoredBy?.text).toBe('true');
  expect(of('a | b || :', 'a')?.ignoredBy?.text).toBe(':');
  expect(of('a || b', 'a')?.ignoredBy).toBeNull();
  expect(of('a && true', 'a')?.ignoredBy).toBeNull();
});
