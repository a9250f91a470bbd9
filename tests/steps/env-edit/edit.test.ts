import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { StepFailed } from '../../../engine/step.ts';
import { editEnv } from '../../../steps/env-edit/edit.ts';
import { fc } from '../../support/property.ts';

describe('editing a .env file', () => {
  test('keeps every other byte, the export, the indent and the comment', () => {
    const base = [
      '# Trading Journal',
      '',
      'PORT=3000',
      '  export DB_URL="mysql://old"   # until the night',
      "KEY='-----BEGIN-----",
      'A=not a definition',
      "-----END-----'",
      'not a line of any kind',
      'B=`x`',
    ].join('\n');
    const edit = editEnv(base, { DB_URL: 'postgres://new', NEW: 'a b' }, ['B', 'NOT_THERE']);
    expect(edit).toMatchObject({ added: ['NEW'], changed: ['DB_URL'], removed: ['B'], duplicates: [] });
    expect(edit.text).toBe(
      `${base.replace('"mysql://old"', 'postgres://new').replace('B=`x`', '')}NEW='a b'\n`,
    );
  });

  test('a value inside a text of several lines is no definition', () => {
    const base = "KEY='one\nA=1\ntwo'\nA=2\n";
    expect(editEnv(base, {}, ['A']).text).toBe("KEY='one\nA=1\ntwo'\n");
  });

  test('of several definitions the last one counts; all are handled', () => {
    const base = 'A=1\nB=0\nA=2\nA=3\n';
    expect(editEnv(base, { A: '4' }, [])).toMatchObject({
      text: 'B=0\nA=4\n',
      changed: ['A'],
      duplicates: ['A'],
    });
    expect(editEnv(base, { A: '3' }, []), 'the first ones would win in another reader').toMatchObject({
      text: 'B=0\nA=3\n',
      changed: ['A'],
    });
    expect(editEnv(base, {}, ['A'])).toMatchObject({ text: 'B=0\n', removed: ['A'], duplicates: ['A'] });
  });

  test('what already is as wanted keeps its quotes', () => {
    const base = 'A="1"\r\nB=2\r\n';
    expect(editEnv(base, { A: '1' }, ['C'])).toEqual({
      text: base,
      added: [],
      changed: [],
      removed: [],
      duplicates: [],
      markDropped: false,
    });
  });

  test('a byte order mark hides no key, and is dropped', () => {
    const mark = '\xef\xbb\xbf';
    expect(editEnv(`${mark}A=1\nB=2\n`, { A: '3' }, [])).toMatchObject({
      text: 'A=3\nB=2\n',
      changed: ['A'],
      added: [],
      markDropped: true,
    });
    expect(editEnv(`${mark}A=1\nB=2\n`, {}, ['A'])).toMatchObject({ text: 'B=2\n', removed: ['A'] });
    expect(editEnv(`${mark}A=1\n`, { A: '1' }, []).text).toBe('A=1\n');
  });

  test('what is no text of one byte a letter is refused', () => {
    expect(() => editEnv('\xff\xfeA\0=\x001\0', { B: '1' }, [])).toThrow(StepFailed);
  });

  test('keeps the line ends of the file', () => {
    expect(editEnv('A=1\r\nB=2\r\n', { A: '3', C: '4' }, []).text).toBe('A=3\r\nB=2\r\nC=4\r\n');
    expect(editEnv('A=1', { B: '2' }, []).text).toBe('A=1\nB=2\n');
    expect(editEnv('', { B: '' }, []).text).toBe("B=''\n");
  });

  test('a `KEY: value`, which dotenv reads and Node does not, is handled as well', () => {
    expect(editEnv('A: 1\nB: 2\n', { A: '3' }, ['B']).text).toBe('A=3\n');
  });

  test.each([
    ['plain', 'A=plain'],
    ['https://a.example/x?y=1', "A='https://a.example/x?y=1'"],
    ['it\'s "so" # no comment', 'A=`it\'s "so" # no comment`'],
    ["it's", 'A="it\'s"'],
    ['C:\\temp\\n', "A='C:\\temp\\n'"],
    ['back\\', 'A=back\\'],
    [' padded ', "A=' padded '"],
    ['two\nlines', "A='two\nlines'"],
    ['a$HOME${B}', "A='a$HOME${B}'"],
  ])('writes %j as %s', (value, line) => {
    const { text } = editEnv('', { A: value }, []);
    expect(text).toBe(`${line}\n`);
    expect(parseEnv(text)).toEqual({ A: value });
  });

  test.each(['a\rb', 'all of \' " `', "it's a \\ and a `", 'ends with #\\', 'nul\0'])(
    'refuses %j, which no quotes can hold, without showing it',
    (value) => {
      const edit = () => editEnv('', { SECRET: value }, []);
      expect(edit).toThrow(StepFailed);
      expect(edit).toThrow(/SECRET/);
      try {
        edit();
      } catch (error) {
        expect((error as Error).message).not.toContain(value);
      }
    },
  );

  test('whatever stands in the file, the result reads as wanted or is refused', () => {
    const letters = fc.constantFrom(...'AB=\'"`#\\ \n$:é-');
    const text = fc.string({ unit: letters, maxLength: 40 });
    let refused = 0;
    fc.assert(
      fc.property(text, text, fc.boolean(), (base, value, removes) => {
        try {
          const edit = editEnv(base, { A: value }, removes ? ['B'] : []);
          const wanted = { ...parseEnv(base), A: value } as Record<string, string | undefined>;
          if (removes) delete wanted.B;
          expect({ ...parseEnv(edit.text) }).toEqual({ ...wanted });
        } catch (error) {
          if (!(error instanceof StepFailed)) throw error;
          refused += 1;
        }
      }),
      { numRuns: 3000 },
    );
    expect(refused).toBeLessThan(1500);
  });
});
