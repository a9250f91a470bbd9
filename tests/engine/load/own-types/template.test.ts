/** What a template type declares, from the calls it makes. */
import { describe, expect, test } from 'vitest';
import { compileTemplate } from '../../../../engine/load/own-types/compile-template.ts';
import { templateType } from '../../../../engine/load/own-types/template-type.ts';
import { Problems } from '../../../../engine/load/problems.ts';
import type { AnyStepType } from '../../../../engine/step.ts';
import { registry } from '../../../../steps/index.ts';

const typeOf = (text: string): AnyStepType => {
  const problems = new Problems();
  const file = { name: 'own.type', path: './types/own.yaml', shown: 'own.yaml', text };
  const template = compileTemplate(file, registry, problems);
  expect(problems.sorted).toEqual([]);
  if (!template) throw new Error('not compiled');
  return templateType(template);
};

const command = (rest = '') => `description: Restarts an app
input:
  app: string
  times: { type: int, default: 1 }
  tags: { type: list, items: { name: string }, default: [] }
  token: { type: string, secret: true, required: false }
run: { type: command, with: { run: [restart, "\${{ input.app }}", "\${{ input.times }}"], env: { T: "t \${{ input.token }}" } } }
${rest}`;

test('the input is typed, with defaults', () => {
  const { input } = typeOf(command());
  expect(input.parse({ app: 'web' })).toEqual({ app: 'web', times: 1, tags: [] });
  expect(input.safeParse({ app: 'web', tags: [{ name: 1 }] }).success).toBe(false);
  expect(input.safeParse({ app: 'web', token: { secret: [{ name: 's' }] } }).success).toBe(true);
  expect(input.safeParse({ app: { secret: [{ name: 's' }] } }).success).toBe(false);
});

test('what a called type refuses is refused where the step gives it', () => {
  const { input } = typeOf(
    'description: Writes\ninput: { path: string }\nrun: { type: file.write, with: { path: "${{ input.path }}", content: x } }\n',
  );
  const [issue] = input.safeParse({ path: 'not/absolute' }).error?.issues ?? [];
  expect(issue).toMatchObject({ path: ['path'], message: expect.stringContaining('file.write') });
});

describe('what the calls say, the type says', () => {
  test('effects, interrupt, preview and what rules ask for: of run', () => {
    const type = typeOf(command());
    const input = type.input.parse({ app: 'web' });
    expect(type.effects(input)).toBe('write');
    expect(type.onInterrupt(input)).toBe('leave');
    expect(type.preview(input)).toBe("T='t ' restart web 1");
    expect(type.traits?.(input)).toMatchObject({
      commands: [{ run: ['restart', 'web', '1'] }],
      unprobed: true,
    });
    expect(type.undoes).toBe(false);
  });

  test('a probe: the outcome can be asked for', () => {
    const type = typeOf(command('probe: { type: command, with: { run: [look] } }\n'));
    const traits = type.traits?.(type.input.parse({ app: 'web' }));
    expect(traits?.unprobed).toBeUndefined();
  });

  test('a read is a read', () => {
    const type = typeOf(
      'description: Looks\nrun: { type: command, with: { run: [df], effects: read } }\noutput: { out: "${{ result.stdout }}" }\n',
    );
    expect(type.effects({})).toBe('read');
    expect(type.onInterrupt({})).toBe('finish');
  });

  test('targets, statements and places of the calls', () => {
    const type = typeOf(
      `description: Sets a flag
input: { on: bool }
before: { type: mysql.query, with: { sql: SELECT flag FROM flags } }
run: { type: mysql.query, with: { sql: UPDATE flags SET flag = ?, params: ["\${{ input.on }}"], effects: write } }
undo: { type: mysql.query, with: { sql: UPDATE flags SET flag = ?, params: ["\${{ before.rows[0].flag }}"], effects: write } }
`,
    );
    const input = type.input.parse({ on: true });
    expect(type.targets).toEqual(['mysql']);
    expect(type.places).toEqual(['local']);
    expect(type.undoes).toBe(true);
    expect(type.reads?.(input).map(({ text }) => text)).toEqual([
      'SELECT flag FROM flags',
      'UPDATE flags SET flag = ?',
      'UPDATE flags SET flag = ?',
    ]);
  });

  test('the undo of the calls, where each has one; the files of the template lie beside it', () => {
    const type = typeOf(
      `description: Writes two pages
input: { folder: string, page: string }
run:
  - { id: a, type: file.write, with: { path: "\${{ input.folder }}/a", content_file: ./a.html } }
  - { id: b, type: file.write, with: { path: "\${{ input.folder }}/b", content_file: "\${{ input.page }}" } }
`,
    );
    const input = type.input.parse({ folder: '/srv', page: './b.html' });
    expect(type.undoes).toBe(true);
    expect(type.files(input)).toEqual(['./types/own.yaml', './types/a.html', './b.html']);
    expect(type.traits?.(input)).toMatchObject({ changesFiles: ['/srv/a', '/srv/b'] });
  });

  test('an http request can be undone only if it says how', () => {
    const request = (undo: string) =>
      typeOf(
        `description: Sends\nrun: { type: http.request, with: { method: PUT, url: https://x.example/, body: x${undo} } }\n`,
      );
    expect(request('').canUndo?.({})).toBe(false);
    expect(request(', undo: { method: DELETE }').canUndo?.({})).toBe(true);
  });
});

test('the preview of its own names secrets, and is one line', () => {
  const type = typeOf(command('preview: restart ${{ input.app }} (${{ input.times }})\n'));
  expect(type.preview(type.input.parse({ app: 'a\nb', times: 3 }))).toBe('restart a b (3)');
});
