/** The right thing is blamed: this machine, the network, the host, or the login. */
import { expect, test } from 'vitest';
import { type Attempt, Login, whyNot } from '../../../../steps/_targets/ssh/why-not.ts';

const attempt = (more: Partial<Attempt> = {}): Attempt => ({
  target: 'vps',
  address: { host: 'app.example', port: 22, user: 'deploy' },
  connectTimeout: '10s',
  login: { began: false, allowed: null, isPartial: false },
  credentials: { offered: ['the key ./id'], methods: ['none', 'publickey'], agentKeys: 0 },
  ...more,
});

const failure = (message: string, more: object = {}) => Object.assign(new Error(message), more);

const before: readonly [string, Error, string, RegExp][] = [
  [
    'a name',
    failure('getaddrinfo ENOTFOUND', { code: 'ENOTFOUND' }),
    'unreachable',
    /^app\.example cannot be reached: no address is known/,
  ],
  [
    'a port',
    failure('connect ECONNREFUSED', { code: 'ECONNREFUSED' }),
    'unreachable',
    /cannot be reached: the host is up, but nothing listens/,
  ],
  [
    'a route',
    failure('connect EHOSTUNREACH', { code: 'EHOSTUNREACH' }),
    'unreachable',
    /this machine has no route/,
  ],
  [
    'a time-out',
    failure('connect ETIMEDOUT', { code: 'ETIMEDOUT' }),
    'unreachable',
    /cannot be reached: no answer within 10s/,
  ],
  [
    'silence',
    failure('Timed out while waiting for handshake', { level: 'client-timeout' }),
    'unreachable',
    /cannot be reached: no answer within 10s/,
  ],
  [
    'a hang-up',
    failure('Connection lost before handshake'),
    'unreachable',
    /closed the connection before any login/,
  ],
  [
    'a reset',
    failure('read ECONNRESET', { code: 'ECONNRESET' }),
    'unreachable',
    /closed the connection before any login/,
  ],
  ['a web server', failure('Invalid identification string'), 'unreachable', /is no SSH server/],
  [
    'an old server',
    failure('Handshake failed: no matching C->S cipher'),
    'unreachable',
    /share no algorithm: no matching C->S cipher/,
  ],
];

test.each(before)('before the login: %s', (_, error, code, message) => {
  const blamed = whyNot(attempt(), error);
  expect(blamed).toMatchObject({ code, remedy: expect.stringMatching(/\w/) });
  expect(blamed.message).toMatch(message);
});

const refused = failure('All configured authentication methods failed', { level: 'client-authentication' });

const within: readonly [string, Error, Partial<Attempt['login']>, Partial<Attempt['credentials']>, RegExp][] =
  [
    ['a key', refused, { allowed: ['publickey'] }, {}, /did not let deploy in with the key \.\/id$/],
    ['nothing said', refused, { allowed: null }, {}, /did not let deploy in with the key \.\/id$/],
    [
      'another method',
      refused,
      { allowed: ['password', 'keyboard-interactive'] },
      {},
      /it takes password, keyboard-interactive, not the key \.\/id/,
    ],
    [
      'a second factor',
      refused,
      { allowed: ['keyboard-interactive'], isPartial: true },
      {},
      /accepted the first factor of deploy and wants another one/,
    ],
    [
      'many keys',
      failure('Too many authentication failures'),
      {},
      { agentKeys: 26, methods: ['none', 'agent'] },
      /after too many attempts: the agent offers 26 keys/,
    ],
    [
      'many keys, and the word for it is lost',
      failure('write EPIPE', { code: 'EPIPE' }),
      {},
      { agentKeys: 26, methods: ['none', 'agent'] },
      /after too many attempts: the agent offers 26 keys/,
    ],
    [
      'a cut',
      failure('read ECONNRESET', { code: 'ECONNRESET' }),
      {},
      {},
      /closed the connection while deploy logged in/,
    ],
  ];

test.each(within)('in the login: %s', (_, error, login, credentials, message) => {
  const whole = attempt();
  const blamed = whyNot(
    {
      ...whole,
      login: { ...whole.login, began: true, ...login },
      credentials: { ...whole.credentials, ...credentials },
    },
    error,
  );
  expect(blamed).toMatchObject({ code: 'auth', retry: false, remedy: expect.stringMatching(/\w/) });
  expect(blamed.message).toMatch(message);
});

test('an agent that does not sign is not the host', () => {
  const error = failure('agent refused operation', { level: 'agent' });
  const login = { began: true, allowed: null, isPartial: false };
  expect(whyNot(attempt({ login }), error)).toMatchObject({
    code: 'config',
    message: expect.stringContaining('agent'),
  });
});

test('each method is tried once, and what the server takes is kept', () => {
  const login = new Login({ methods: ['none', 'publickey'] });
  expect([
    login.handler(null, null),
    login.handler(['publickey'], false),
    login.handler(['password'], true),
  ]).toEqual([...['none', 'publickey', false]]);
  expect(login).toMatchObject({ began: true, allowed: ['password'], isPartial: true });
});
