import { expect, test } from 'vitest';
import { type Room, roomFindings } from '../../../../steps/_kits/files/rehearse.ts';

const root: Room = {
  folderExists: false,
  writable: false,
  stateWritable: true,
  freeBytes: 1000,
  uid: 1001,
  folder: '/',
};
const found = (room: Partial<Room>, needs: { mayMakeFolders?: boolean; takesMkdir?: boolean } = {}) =>
  roomFindings({ ...root, ...room }, 'vps', {
    bytes: 1,
    mayMakeFolders: false,
    takesMkdir: true,
    ...needs,
  });

test('a missing folder asks to be made, never for rights on the nearest one', () => {
  const what = 'the folder does not exist on vps; the nearest is /';
  const missing = { level: 'problem', what, passing: true };
  expect(found({})).toEqual([{ ...missing, remedy: 'Create it, or say mkdir: true' }]);
  expect(found({}, { takesMkdir: false })).toEqual([{ ...missing, remedy: 'Create it' }]);
  expect(found({}, { mayMakeFolders: true })).toEqual([
    {
      level: 'problem',
      what: 'the folder cannot be made on vps: / is not writable',
      remedy: 'Create it beforehand, writable for the user that the step runs as',
    },
  ]);
});

test.each(['/', '/etc', '/etc/nginx/conf.d', '/usr/local/bin', '/root/app', '/var', '/opt'])(
  'nobody is told to open %s for a step',
  (folder) => {
    expect(found({ folderExists: true, folder })).toMatchObject([
      {
        level: 'problem',
        remedy: `Run the step as the user that owns ${folder}, or choose a folder that the step's user owns`,
      },
    ]);
  },
);

test('rights are asked for where the file is to be', () => {
  expect(found({ folderExists: true, folder: '/srv/app' })).toEqual([
    {
      level: 'problem',
      what: '/srv/app on vps is not writable',
      remedy:
        "Run the step as the user that owns /srv/app, or give write access to the step's user only: setfacl -m u:1001:rwx /srv/app",
    },
  ]);
  expect(found({ folderExists: true, writable: true })).toMatchObject([{ level: 'verified' }]);
});
