/** What to do about what git says. None of them gives more rights than reading this one repository. */
const remedies: readonly [RegExp, (place: string) => string][] = [
  [
    /permission denied \(|no such identity|sign_and_send_pubkey/i,
    (place) =>
      `Give the user on ${place} a key that may read this repository: a read-only deploy key is enough. Try it there: ssh -T git@HOST`,
  ],
  [
    /host key verification failed/i,
    (place) =>
      `Compare the host key of the git server with a source you trust, then add it to known_hosts of the user on ${place}`,
  ],
  [
    /could not read (username|password)|terminal prompts disabled|authentication failed|invalid credentials|\b40[13]\b/i,
    (place) =>
      `Give the user on ${place} a login that may read this repository: git asks nobody during a run`,
  ],
  [
    /repository .*not found|does not appear to be a git repository|remote: not found|\b404\b/i,
    () => 'Correct `repository`; a private one answers the same where the login is missing',
  ],
  [
    /could not resolve|connection (refused|timed out|reset)|network is unreachable|no route to host|failed to connect/i,
    (place) => `Check the network, name server and proxy of ${place}`,
  ],
  [
    /not our ref|does not have the commit|couldn't find remote ref/i,
    () => 'Push the commit to the repository, or correct `commit`',
  ],
  [/^it is a tag/, () => 'Give the hash of the commit itself'],
  [
    /dubious ownership/i,
    () => 'Run the step as the user who owns the checkout, or name its folder in safe.directory of this user',
  ],
  [/no space left/i, (place) => `Free disk on ${place}, then retry`],
];

export const gitRemedy = (complaint: string, place: string): string =>
  remedies.find(([says]) => says.test(complaint))?.[1](place) ?? 'See the log of the step for what git said';
