/** Keys for tests of ssh. One in two hundred that ssh2 makes can be read by nobody: it is made again. */
import ssh2 from 'ssh2';

type Pair = ReturnType<typeof ssh2.utils.generateKeyPairSync>;
type Lock = { readonly passphrase: string; readonly cipher: string; readonly rounds: number };

export const sshKeyPair = (lock?: Lock): Pair => {
  for (;;) {
    const pair = lock
      ? ssh2.utils.generateKeyPairSync('ed25519', lock)
      : ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(pair.private, lock?.passphrase) instanceof Error)) return pair;
  }
};
