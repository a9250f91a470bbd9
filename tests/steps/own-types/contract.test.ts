/** The contract suite as it is published, over template types: one call with an own undo, and several calls. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { templateType, testStepType } from '../../../steps/testing/index.ts';

const here = new URL('./', import.meta.url);

testStepType(await templateType(new URL('setting.yaml', here), 'file.setting'), [
  {
    title: 'an own undo from what was read before',
    async setUp({ dir }) {
      await writeFile(`${dir}/setting`, 'old');
      return { with: { file: `${dir}/setting`, value: 'new' } };
    },
  },
  {
    title: 'with a secret',
    async setUp({ dir }) {
      await writeFile(`${dir}/setting`, 'old');
      const token = { secret: [{ name: 'token' }] };
      return { with: { file: `${dir}/setting`, value: 'new', token }, secrets: { token: 's3cret' } };
    },
  },
]);

testStepType(
  await templateType(new URL('pages.yaml', here), 'own.pages'),
  [
    {
      title: 'several calls, undone by the undo of each',
      async setUp({ dir }) {
        await writeFile(`${dir}/first`, 'open');
        await writeFile(`${dir}/third`, 'open');
        return { with: { folder: dir } };
      },
    },
  ],
  { folder: fileURLToPath(here) },
);
