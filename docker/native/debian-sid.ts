/** Packages of Debian sid on a machine of another release: apt with lists, sources and a package state of its own. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackageSource } from './debs.ts';
import { LabError } from './lab-error.ts';
import { runTool } from './run-tool.ts';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The machine's own archive (or mirror) has sid beside its release. */
const archive = async (): Promise<string> => {
  const format = '$(CREATED_BY)|$(ORIGIN)|$(COMPONENT)|$(RELEASE)|$(REPO_URI)';
  const targets = await runTool('apt-get', ['indextargets', '--format', format]);
  const uri = targets
    .split('\n')
    .map((line) => line.split('|'))
    .find(
      ([made, origin, component, release = '']) =>
        made === 'Packages' && origin === 'Debian' && component === 'main' && !release.includes('-'),
    )?.[4];
  if (uri !== undefined) return uri;
  throw new LabError(
    "this machine's apt knows no archive of Debian",
    "Use Debian with its archive in apt's sources",
  );
};

export const debianSid: PackageSource = {
  name: 'sid',
  async options(work) {
    const [sources, state] = [join(work, 'sources.list'), join(work, 'state')];
    const signed = existsSync(keyring) ? `[signed-by=${keyring}] ` : '';
    writeFileSync(sources, `deb ${signed}${await archive()} sid main\n`);
    mkdirSync(join(work, 'lists', 'partial'), { recursive: true });
    // As on a machine where nothing is installed: every library comes along, the C library and its loader too.
    writeFileSync(state, '');
    return [
      `Dir::Etc::SourceList=${sources}`,
      'Dir::Etc::SourceParts=-',
      `Dir::State::Lists=${join(work, 'lists')}`,
      `Dir::State::Status=${state}`,
      `Dir::Cache=${work}`,
    ].flatMap((option) => ['-o', option]);
  },
  // Scripts of the packages, and what a C library brings for other character sets: no program here needs them.
  leaves: /^(perl|perl-|libperl|libgdbm|libdb5|gcc-|libc-gconv)/,
};
